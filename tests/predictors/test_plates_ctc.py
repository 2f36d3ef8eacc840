"""CTC against its definition: the sum, or the best, over all paths, which short outputs allow to write out."""

from __future__ import annotations

from itertools import groupby, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showpiece_predictors.plates import ctc

SOME = [ctc.BLANK, ctc.INDEX["A"], ctc.INDEX["B"], ctc.INDEX["7"]]


def output(seed: int, steps: int, sharpness: float = 2.0) -> np.ndarray:
    """Log probabilities of `steps` steps, of which only blank, A, B and 7 have a share."""
    rng = np.random.default_rng(seed)
    log_probs = np.full((steps, ctc.CLASSES), -60.0, np.float32)
    values = rng.normal(0, sharpness, (steps, len(SOME)))
    log_probs[:, SOME] = values - np.logaddexp.reduce(values, axis=1, keepdims=True)
    return log_probs


def by_definition(log_probs: np.ndarray) -> dict[str, float]:
    """The log probability of every text: the sum over all its paths."""
    totals: dict[str, float] = {}
    for path in product(SOME, repeat=len(log_probs)):
        text = "".join(ctc.ALPHABET[number - 1] for number, _ in groupby(path) if number)
        value = float(sum(log_probs[step, number] for step, number in enumerate(path)))
        totals[text] = float(np.logaddexp(totals.get(text, -np.inf), value))
    return totals


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 5))
def test_the_likelihood_is_the_sum_over_all_paths(seed: int, steps: int) -> None:
    log_probs = output(seed, steps)
    expected = by_definition(log_probs)
    texts = [text for text in expected if text]
    found = ctc.log_likelihood(log_probs, texts)
    assert np.allclose(found, [expected[text] for text in texts], atol=1e-4)
    assert ctc.log_likelihood(log_probs, ["A" * (steps + 1)])[0] < -1e6


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 5))
def test_a_wide_beam_finds_the_likeliest_text(seed: int, steps: int) -> None:
    log_probs = output(seed, steps)
    expected = by_definition(log_probs)
    best = max(expected, key=lambda text: expected[text])
    (text, value), *rest = ctc.beam(log_probs, 400)
    assert text == best
    assert value == pytest.approx(expected[best], abs=1e-3)
    assert all(value >= other for _, other in rest)


def strip(*characters: str, sure: float = 0.97) -> np.ndarray:
    """One step a character; "" is blank."""
    log_probs = np.full((len(characters), ctc.CLASSES), np.log((1 - sure) / (ctc.CLASSES - 1)), np.float32)
    for step, character in enumerate(characters):
        log_probs[step, ctc.INDEX.get(character, ctc.BLANK)] = np.log(sure)
    return log_probs


def test_greedy_drops_repeats_and_blanks() -> None:
    assert ctc.greedy(strip("", "A", "A", "", "A", "B", "", "")) == "AAB"
    assert ctc.greedy(strip("")) == ""
    assert ctc.greedy(np.zeros((0, ctc.CLASSES), np.float32)) == ""


def test_alignment_says_where_each_character_stands_and_what_else_it_may_be() -> None:
    log_probs = strip("", "A", "A", "", "B", "")
    log_probs[4, ctc.INDEX["8"]] = np.log(0.4)
    found = ctc.align(log_probs, "AB")
    assert found is not None
    assert found.steps.tolist() == [2, 4]
    assert np.allclose(np.exp(found.evidence).sum(axis=1), 1, atol=1e-5)
    assert np.argsort(-found.evidence[1])[:2].tolist() == [ctc.INDEX["B"], ctc.INDEX["8"]]
    assert found.evidence[0, ctc.INDEX["A"]] > np.log(0.9)


def test_a_text_that_cannot_fit_has_no_alignment() -> None:
    assert ctc.align(strip("A"), "AB") is None
    assert ctc.align(strip("A", "B"), "") is None
    assert ctc.align(np.zeros((0, ctc.CLASSES), np.float32), "A") is None


def test_pieces_are_read_as_one_strip_and_twins_at_a_seam_stay_two() -> None:
    assert ctc.greedy(ctc.chained([strip("T", "", "7"), strip("7", "7", "", "B")])) == "T77B"
    assert ctc.greedy(ctc.chained([])) == ""
