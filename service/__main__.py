"""`python -m service` is the command `greenroom`."""

from service.cli import main

main()
