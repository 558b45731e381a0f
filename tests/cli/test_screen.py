"""`greenroom screen` reads JSON lines and answers each with one object, without a database."""

import json
import subprocess
import sys
from pathlib import Path


def run(lines: list[object], *arguments: str) -> subprocess.CompletedProcess[str]:
    given = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    command = [sys.executable, "-m", "service", "screen", *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=60, check=False)


def test_each_line_gets_one_answer_in_order() -> None:
    done = run(
        [
            {"text": "What a load of bullsh1t.", "author": "Sam"},
            {"text": "A good point about the bridge.", "lang": "xx", "url": None, "more": 1},
            {
                "text": "Loan offer at 2% interest, whatsapp +44 20 7946 0958",
                "author": "Cheap loans",
                "email": "a@mailinator.com",
            },
        ]
    )
    assert done.returncode == 0, done.stderr
    swear, plain, spam = map(json.loads, done.stdout.splitlines())
    assert (swear["profane"], swear["severity"], swear["advice"], swear["spam"]) == (True, 2, "hold", False)
    [found] = [reason for reason in swear["reasons"] if reason["code"] == "profanity"]
    assert found["spans"] == [{"field": "text", "start": 15, "end": 23}]
    assert (plain["advice"], plain["reasons"], plain["severity"]) == ("approve", [], 0)
    assert (spam["spam"], spam["profane"]) == (True, False)
    assert spam["spam_score"] > 0.5 > plain["spam_score"]
    assert {"pitch", "disposable_email"} <= {reason["code"] for reason in spam["reasons"]}
    assert "mailinator" not in done.stdout


def test_a_wrong_line_is_named_and_the_others_are_answered() -> None:
    done = run(['{"text": 1}', "no json", {"text": "Fine."}])
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert ["error" in answer for answer in answers] == [True, True, False]
    assert done.returncode == 1
    assert "line 1:" in done.stderr
    assert "line 2:" in done.stderr


def test_terms_from_files_count_and_the_bill_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "block").write_text("quango\n", encoding="utf-8")
    done = run([{"text": "Another Quango!"}], "--explain", "--block", str(tmp_path / "block"))
    assert done.returncode == 0, done.stderr
    assert "terms" in done.stdout
    assert "[Quango]" in done.stdout
    assert "advice: hold" in done.stdout


def test_a_missing_file_is_named() -> None:
    done = run([], "nowhere.jsonl")
    assert done.returncode == 1
    assert "nowhere.jsonl cannot be read" in done.stderr


def test_a_very_long_text_is_read_to_its_limit_and_says_so() -> None:
    done = run([{"text": "word " * 5_000}])
    assert json.loads(done.stdout)["truncated"] is True
