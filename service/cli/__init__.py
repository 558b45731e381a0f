"""The command line. Each command is one file; errors say what to do and exit with 1, wrong use with 2."""

from service.cli.main import main

__all__ = ["main"]
