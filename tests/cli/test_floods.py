"""`greenroom flood` and what `greenroom site form`."""

from pathlib import Path

from tests.cli.conftest import add_site
from tests.serving import greenroom


def test_flood_mode_is_switched_for_a_while_and_left_to_itself_again(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    add_site(folder)
    assert greenroom("flood", "show", "daily", data_dir=folder)["on"] is False
    on = greenroom("flood", "on", "daily", "--minutes", "5", data_dir=folder)
    assert (on["on"], on["by_hand"], on["by"]) == (True, True, "command line")
    off = greenroom("flood", "off", "daily", data_dir=folder)
    assert (off["on"], off["by_hand"]) == (False, True)
    left = greenroom("flood", "auto", "daily", data_dir=folder)
    assert (left["on"], left["by_hand"], left["until"]) == (False, False, None)


def test_what_the_form_asks_is_set_and_taken_back(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    add_site(folder)
    link = "https://news.example/rules"
    asked = (
        "--no-email-required",
        "--no-comment-first",
        "--consent-text",
        "I [agree].",
        "--consent-url",
        link,
    )
    found = greenroom("site", "form", "daily", *asked, data_dir=folder)
    assert (found["name_required"], found["email_required"], found["comment_first"]) == (True, False, False)
    assert (found["consent_text"], found["consent_url"]) == ("I [agree].", link)
    nothing = ("--consent-text", "", "--consent-url", "", "--email-required")
    found = greenroom("site", "form", "daily", *nothing, data_dir=folder)
    assert (found["consent_text"], found["consent_url"], found["email_required"]) == (None, None, True)
