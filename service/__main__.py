"""The command `greenroom`, and `python -m service`.

Everything else is imported after the signal is seen to: as the first process of a container, where the
kernel drops a SIGTERM that nobody handles, we could not be stopped for the second that imports take.
"""

import signal
import sys


def main() -> None:
    """Run the command line."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    from service.cli import main as command_line

    command_line()


if __name__ == "__main__":
    main()
