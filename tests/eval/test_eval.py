"""`make eval` finds data by its shape and says how good the filters are on it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from eval import figures
from eval.data import Kind, read

DATA = Path(__file__).parents[1] / "fixtures" / "eval"


def evaluate(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "eval", *arguments], capture_output=True, text=True, check=False
    )


def test_files_are_known_by_their_shape(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "deep" / "down")
    (tmp_path / "other.jsonl").write_text('{"something": "else"}\n')
    found = {table.name: (table.kind, len(table.rows)) for table in read(tmp_path)}
    assert found == {
        "cases": (Kind.SPAM, 2),
        "offence": (Kind.OFFENCE_CORPUS, 2),
        "video_spam": (Kind.SPAM_CORPUS, 84),
        "words": (Kind.WORDS, 4),
    }


def test_single_places_are_read_as_the_ranges_that_they_form() -> None:
    [offence] = [table for table in read(DATA) if table.name == "offence"]
    assert [row.spans for row in offence.rows] == [((13, 17),), ()]


def test_every_part_is_measured_and_wrong_answers_are_told(tmp_path: Path) -> None:
    written, wrong = tmp_path / "figures.json", tmp_path / "wrong.jsonl"
    done = evaluate(str(DATA), "--json", str(written), "--misses", str(wrong))
    assert done.returncode == 0, done.stderr
    report = json.loads(written.read_text())
    assert json.loads(done.stdout.splitlines()[-1]) == report
    words = report["words (words)"]["words"]
    assert (words["rows"], words["recall"], words["precision"], words["spans exact"]) == (3, 0.5, 1, 1)
    assert report["words (words)"]["words, doubtful"] == {"rows": 1, "false alarms": 0}
    assert report["cases (spam)"]["spam"]["f1"] == 1
    assert report["offence (offence corpus)"]["flagged"]["spans f1"] == 1
    assert report["learner, video_spam"]["one group left out"]["area"] > 0.9
    assert report["campaigns"]["all scripts, 3 edits"]["pairs found"] > 0.8
    assert report["speed"]["hostile, 10,000 characters"]["worst ms"] > 0
    assert [json.loads(line)["text"] for line in wrong.read_text().splitlines()] == ["Well, well."]
    assert "spans exact 1.000" in " ".join(done.stdout.split())


def test_what_changed_against_other_figures_is_told(tmp_path: Path) -> None:
    before = tmp_path / "before.json"
    before.write_text(json.dumps({"cases (spam)": {"spam": {"f1": 0.75}}}))
    shutil.copy(DATA / "cases.jsonl", tmp_path)
    assert "f1 1.000 (+0.250)" in " ".join(evaluate(str(tmp_path), "--against", str(before)).stdout.split())


def test_a_folder_without_data_is_told_in_a_sentence(tmp_path: Path) -> None:
    for folder, words in ((tmp_path, "holds no JSON lines"), (tmp_path / "none", "is not a folder")):
        done = evaluate(str(folder))
        assert done.returncode == 2
        assert words in " ".join(done.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    "wrong",
    [b"no json", b'{"text": "\xe9t\xe9", "spam": true}', b'{"text": "a"}', b"[]", b'{"text": 1, "spam": 0}'],
)
def test_a_row_that_cannot_be_read_is_named(tmp_path: Path, wrong: bytes) -> None:
    (tmp_path / "cases.jsonl").write_bytes(b'{"text": "Fine.", "spam": false}\n\n' + wrong)
    done = evaluate(str(tmp_path))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "line 3: this is no" in " ".join(done.stderr.replace("│", " ").split())


def test_recall_at_a_share_of_false_alarms_counts_what_is_above_the_threshold() -> None:
    scored = [(0.1 * n, False) for n in range(10)] + [(0.85, True), (0.95, True), (2.0, True)]
    assert figures.recall_at(scored, 0.1) == pytest.approx(1.0)
    assert figures.recall_at(scored, 0.0) == pytest.approx(2 / 3)
    assert figures.recall_at([(1.0, True)], 0.1) is None


def test_the_area_under_the_curve_gives_ties_half() -> None:
    assert figures.of_ranking([(1, True), (1, False)])["area"] == 0.5
    assert figures.of_ranking([(2, True), (1, False), (3, True)])["area"] == 1
