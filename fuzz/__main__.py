"""Run the targets one after the other, each in its own process: `python -m fuzz --seconds 60 [TARGET …]`."""

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Final

from fuzz.targets import SEEDS, TARGETS

CORPUS: Final = Path(".fuzz")
# A text may have 10,000 characters of four bytes; a body 192 KiB, of which no shorter one says less.
LONGEST: Final = 40_000
# For one input. Whatever takes so long on so few bytes is not linear.
MOST_SECONDS: Final = 10


def main() -> int:
    """The exit code: 1 where a target was broken."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="how long each target is tried")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}")
    given = parser.parse_args()
    if strange := set(given.targets) - TARGETS.keys():
        parser.error(f"there is no target {', '.join(sorted(strange))}")
    broken = [name for name in given.targets or TARGETS if not fuzzed(name, given.seconds)]
    print(f"Broken: {', '.join(broken)}. See {CORPUS}." if broken else "No target was broken.")
    return bool(broken)


def fuzzed(name: str, seconds: int) -> bool:
    """Whether a target held; what broke it is in the corpus' folder."""
    corpus = CORPUS / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS[name]):
        (corpus / f"seed-{number}").write_bytes(seed)
    command = [
        *(sys.executable, "-m", "fuzz.engine", name, str(corpus)),
        *(f"-max_total_time={seconds}", f"-timeout={MOST_SECONDS}", f"-max_len={LONGEST}"),
        *("-rss_limit_mb=2048", "-print_final_stats=1", f"-artifact_prefix={CORPUS}/{name}-"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = [line for line in done.stderr.splitlines() if "stat::number_of_executed_units" in line]
    runs = told[0].rpartition(" ")[2] if told else "?"
    print(f"{name:12} {runs:>9} runs {'held' if done.returncode == 0 else 'BROKEN'}", flush=True)
    if done.returncode:
        print(f"{done.stdout[-4_000:]}\n{done.stderr[-4_000:]}", file=sys.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
