"""Texts that differ in little are alike, others are not, in any script; nothing is too odd to be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.screening.folding import fold
from service.screening.likeness import BANDS, MIN_LENGTH, SIMILAR, normalise, read, similarity
from service.store.database import Connection

ENGLISH = "Earn 500 dollars every day from home, visit www.money.example.com and start today"
URDU = "گھر بیٹھے روزانہ پانچ ہزار کمائیں، کسی تجربے کی ضرورت نہیں، ابھی رابطہ کریں"
HINDI = "घर बैठे रोज़ पाँच हज़ार कमाएँ, किसी अनुभव की ज़रूरत नहीं, अभी संपर्क करें"


@pytest.mark.parametrize("text", [ENGLISH, URDU, HINDI])
def test_digits_signs_emoji_and_addresses_make_no_difference(text: str) -> None:
    varied = f"🔥 {text.replace('500', '900').replace('money.example.com', 'other.example.top')}!!! 77"
    one, other = read(fold(text)), read(fold(varied))
    assert one is not None
    assert other is not None
    assert (one.normal, one.digest, one.bands) == (other.normal, other.digest, other.bands)


@pytest.mark.parametrize("text", [ENGLISH, URDU, HINDI])
def test_a_few_changed_letters_leave_bands_and_trigrams_in_common(text: str) -> None:
    changed = text[:12] + text[13:30] + "x" + text[30:50] + text[52:]
    one, other = read(fold(text)), read(fold(changed))
    assert one is not None
    assert other is not None
    assert one.digest != other.digest
    assert set(one.bands) & set(other.bands)
    assert similarity(one.normal, other.normal) > SIMILAR


def test_different_texts_have_little_in_common() -> None:
    one, other = (
        read(fold(ENGLISH)),
        read(fold("The council will not mend the bridge before the next election.")),
    )
    assert one is not None
    assert other is not None
    assert not set(one.bands) & set(other.bands)
    assert similarity(one.normal, other.normal) < SIMILAR


@pytest.mark.parametrize(
    "text", ["", "Well said.", "🔥" * 100, "1234567890 " * 20, "http://a.example.com/" + "x" * 90]
)
def test_what_says_little_is_not_compared(text: str) -> None:
    assert read(fold(text)) is None


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    found = read(fold(text))
    if found is not None:
        assert len(found.normal) >= MIN_LENGTH
        assert len(found.digest) == 16
        assert len(found.bands) == BANDS
        assert all(-(1 << 63) <= band < 1 << 63 for band in found.bands)
        assert normalise(fold(found.normal)) == found.normal


async def test_similarity_is_the_databases_own(conn: Connection) -> None:
    texts = [normalise(fold(text)) for text in (ENGLISH, URDU, HINDI, ENGLISH[:50], URDU[9:], HINDI[5:])]
    for one in texts:
        for other in texts:
            theirs = await conn.fetchval("SELECT similarity($1, $2)", one, other)
            assert theirs == pytest.approx(similarity(one, other), abs=0.12)
