"""`python -m faults [--only X1,X5] [--repeat 20] [--short]`: one JSON object a line; exit 1 if one failed."""

import argparse
import asyncio
import json
import sys
import time

from faults import awaiting, beside, harming, killing, restoring, waiting, wanting
from faults.clusters import folder
from faults.play import EXPERIMENTS, Experiment, How

# Importing a module declares its experiments.
MODULES = (awaiting, beside, harming, killing, restoring, waiting, wanting)


def play(found: Experiment, how: How) -> dict[str, object]:
    """Run one experiment in an empty folder, and say what came of it."""
    began = time.monotonic()
    answer: dict[str, object] = {"id": found.id, "fault": found.says, "passed": True}
    with folder() as home:
        try:
            answer |= asyncio.run(asyncio.wait_for(found.run(home, how), 400 * how.times))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the next experiment has its turn
            answer |= {"passed": False, "why": f"{type(error).__name__}: {error}"}
    return {**answer, "seconds": round(time.monotonic() - began, 1)}


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="faults", description=__doc__)
    parser.add_argument("--only", default="", help="ids with commas between")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--times", type=int, default=1, help="kills in each X1 and X5")
    parser.add_argument("--short", action="store_true", help="less load, and no judgement of times")
    given = parser.parse_args()
    wanted = [name for name in given.only.upper().split(",") if name] or sorted(
        EXPERIMENTS, key=lambda name: int(name[1:])
    )
    failed = 0
    for _ in range(given.repeat):
        for name in wanted:
            answer = play(EXPERIMENTS[name], How(given.short, given.times))
            failed += not answer["passed"]
            print(json.dumps(answer), flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
