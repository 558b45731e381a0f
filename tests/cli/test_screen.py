"""`greenroom screen` reads JSON lines and answers each with one object, without a database."""

import json
import os
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
    assert (found["field"], found["spans"]) == ("text", [[15, 23]])
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


def run_bytes(given: bytes, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "service", "screen", *arguments]
    env = os.environ | environment
    return subprocess.run(command, input=given, capture_output=True, timeout=60, check=False, env=env)


def test_no_line_keeps_the_others_from_being_answered() -> None:
    deep = b'{"text":"a","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    wrong = [b"\xff\xfe", b'{"text":"\xe9t\xe9"}', deep, b"[1]", b'{"text":null}', b'{"text":"a","author":7}']
    right = [b'{"text":"a","x":' + b"9" * 10_000 + b"}", b'{"text":"last"}']
    done = run_bytes(b"\n".join([*wrong, b"", b"  \r", *right]))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert ["error" in answer for answer in answers] == [True] * len(wrong) + [False] * len(right)
    assert done.returncode == 1
    told = done.stderr.decode()
    assert "line 2: this is not UTF-8 from byte 9 on" in told
    assert "line 3: this is nested too deeply" in told
    assert "Traceback" not in told


def test_a_byte_order_mark_and_line_ends_of_windows_are_no_matter() -> None:
    done = run_bytes(b'\xef\xbb\xbf{"text": "Shit."}\r\n{"text": "Fine."}\r\n')
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["profane"] for line in done.stdout.splitlines()] == [True, False]


def test_answers_are_utf_8_in_any_locale_and_half_pairs_are_escaped() -> None:
    given = '{"text": "sh\\ud800it حرامزادہ http://a\\ud800b.example/"}\n'.encode()
    done = run_bytes(given, PYTHONIOENCODING="latin-1", LC_ALL="C")
    assert done.returncode == 0, done.stderr
    quoted = [each for reason in json.loads(done.stdout.decode())["reasons"] for each in reason["evidence"]]
    assert "حرامزادہ" in quoted


def test_each_reason_names_the_field_that_it_looked_at() -> None:
    done = run([{"text": "Fine.", "author": "Shit", "email": "a@mailinator.com"}])
    fields = {reason["code"]: reason["field"] for reason in json.loads(done.stdout)["reasons"]}
    assert fields["profanity"] == "author"
    assert fields["disposable_email"] is None


def test_a_line_that_looked_at_two_fields_is_a_reason_for_each_and_its_points_count_once() -> None:
    done = run([{"text": "oh shit", "author": "Shit happens"}])
    reasons = [each for each in json.loads(done.stdout)["reasons"] if each["code"] == "profanity"]
    assert {each["field"]: each["spans"] for each in reasons} == {"author": [[0, 4]], "text": [[3, 7]]}
    assert [each["points"] > 0 for each in reasons] == [True, False]


def test_the_bill_for_people_shows_what_a_terminal_would_obey() -> None:
    done = run([{"text": "\x1b]0;owned\x07 sh\u200bit"}, "no json"], "--explain")
    assert "\\x1b]0;owned\\x07" in done.stdout
    assert "\x1b" not in done.stdout
    assert "{" not in done.stdout


def test_answers_that_cannot_be_written_are_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "answers").touch()
    # Open for reading only: every system refuses the write, as a full disk does.
    with (tmp_path / "answers").open("rb") as answers:
        command = [sys.executable, "-m", "service", "screen"]
        done = subprocess.run(
            command, input=b'{"text":"a"}', stdout=answers, stderr=subprocess.PIPE, timeout=60, check=False
        )
    assert done.returncode == 1
    assert "cannot be written: Bad file descriptor" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_term_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "terms").write_bytes(b"fine\n\xe9t\xe9\n")
    done = run([{"text": "Fine."}], "--block", str(tmp_path / "terms"))
    assert (done.returncode, "line 2 is not UTF-8" in done.stderr) == (1, True)
    done = run([{"text": "Fine."}], "--allow", str(tmp_path / "nowhere"))
    assert (done.returncode, "nowhere cannot be read" in done.stderr) == (1, True)


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
