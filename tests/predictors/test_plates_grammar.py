from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showpiece_predictors.plates import ctc, decode, grammar

STEPS_A_CHARACTER = 3


def seen(text: str, rivals: dict[int, str] | None = None, share: float = 0.6) -> ctc.Array:
    """What a reader would say of `text`; at the places of `rivals` the rival has `share` of the probability."""
    p = np.full((len(text) * STEPS_A_CHARACTER + 1, ctc.CLASSES), 1e-4)
    p[:, ctc.BLANK] = 1.0
    for place, character in enumerate(text):
        step = place * STEPS_A_CHARACTER + 1
        p[step] = 1e-4
        rival = (rivals or {}).get(place)
        p[step, ctc.INDEX[character]] = 1.0 - (share if rival else 0.0)
        if rival:
            p[step, ctc.INDEX[rival]] = share
    return np.log(p / p.sum(axis=1, keepdims=True)).astype(np.float32)


def best(text: str, rivals: dict[int, str] | None = None, **more: object) -> decode.Reading:
    return decode.decode([seen(text, rivals)], **more)[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("M586EE98", "ru"),
        ("C063AO799", "ru"),
        ("AA1234BC", "ua"),
        ("WOB1234", "de"),
        ("RK026AJ", "sk"),
        ("4B39376", "cz"),
        ("BRA2E19", "br"),
        ("7ABC123", "us"),
    ],
)
def test_a_text_in_a_countrys_format_is_likelier_than_chance(text: str, country: str) -> None:
    weight, found = grammar.weigh(text)
    assert weight > 0
    assert country in found


@pytest.mark.parametrize("text", ["QQ", "Q1Q1Q1Q", "IOIOIOIOIO"])
def test_a_text_in_no_format_is_less_likely_than_chance(text: str) -> None:
    assert grammar.weigh(text)[0] < 0


def test_an_unlisted_region_code_costs() -> None:
    assert grammar.weigh("M586EE98")[0] > grammar.weigh("M586EE00")[0]


def test_the_format_decides_between_twins() -> None:
    # Read letter by letter this is RKO26AJ, C0O7CC25 and AIO1AAO1.
    assert best("RK026AJ", {2: "O"}).text == "RK026AJ"
    assert best("C007CC25", {2: "O"}).text == "C007CC25"
    assert best("A001AA01", {1: "O", 6: "O"}).text == "A001AA01"


def test_the_format_does_not_overrule_what_is_plain() -> None:
    assert best("KMBORAK").text == "KMBORAK"
    assert best("Q0Q1X").text == "Q0Q1X"


def test_a_hint_moves_the_region() -> None:
    free = best("ABC1234", hint="us")
    bound = best("ABC1234", hint="br")
    assert (free.region, bound.region) == ("us", "br")
    assert free.text == bound.text == "ABC1234"


def test_the_picture_moves_the_region() -> None:
    for region in ("us", "br"):
        votes = np.full(len(grammar.REGIONS), np.log(0.01), np.float32)
        votes[grammar.REGIONS.index(region)] = np.log(0.95)
        assert best("ABC1234", regions=votes).region == region


def test_readings_are_ranked_and_shares_are_probabilities() -> None:
    readings = decode.decode([seen("M586EE98", {3: "8"}), seen("M586EE98")])
    assert [r.score for r in readings] == sorted((r.score for r in readings), reverse=True)
    assert sum(r.share for r in readings) <= 1 + 1e-6
    assert len(readings[0].characters) == len(readings[0].text)
    assert all(0 <= probability <= 1 for probability in readings[0].characters)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 48), st.sampled_from(["auto", *grammar.REGIONS]))
def test_any_output_of_a_reader_decodes(seed: int, steps: int, hint: str) -> None:
    logits = np.random.default_rng(seed).normal(0, 4, (steps, ctc.CLASSES))
    log_probs = (logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)).astype(np.float32)
    for reading in decode.decode([log_probs], hint=hint):
        assert set(reading.text) <= set(ctc.ALPHABET)
        assert 0 <= reading.share <= 1 + 1e-6


def test_texts_bent_to_layouts_fit_them() -> None:
    log_probs = seen("RKO26AJ")
    bent = grammar.bent(log_probs, 7)
    assert "RK026AJ" in bent
    assert all(any(form.fits(text) for form in grammar.forms()) for text in bent)
    assert grammar.bent(log_probs, 40) == []
