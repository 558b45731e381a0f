"""One target under atheris, in a process that ends with it: `python -m fuzz.engine TARGET FOLDER`."""

import sys

import atheris

with atheris.instrument_imports(include=["service", "email_validator", "urllib", "json", "altcha"]):
    from fuzz.targets import TARGETS

if __name__ == "__main__":
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()
