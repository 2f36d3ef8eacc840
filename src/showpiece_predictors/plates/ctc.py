"""Decoding of a reader's output, (steps, 37) log probabilities of blank and 0-9A-Z, after Graves et al. 2006 (CTC)."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BLANK = 0
CLASSES = len(ALPHABET) + 1
INDEX = {character: number + 1 for number, character in enumerate(ALPHABET)}
NEVER = -1e9
#: Characters less likely than this at a step begin no prefix of a beam.
LEAST = -8.0
#: Characters that are followed at each step of a beam, the likeliest ones.
MOST = 6
#: The mean log probability of the likeliest characters under which a reader sees no text.
UNSURE = -0.7


def logadd(a: float, b: float) -> float:
    """log(exp(a) + exp(b))."""
    if a < b:
        a, b = b, a
    return a + math.log1p(math.exp(b - a)) if b > NEVER / 2 else a


def greedy(log_probs: Array) -> str:
    """The likeliest character of each step, repeats and blanks removed."""
    best = log_probs.argmax(axis=1)
    kept = best[np.concatenate([[True], best[1:] != best[:-1]])] if len(best) else best
    return "".join(ALPHABET[int(number) - 1] for number in kept if number != BLANK)


def promising(log_probs: Array) -> bool:
    """Whether a reader saw at least three characters, and was not wholly unsure of them."""
    best = log_probs.argmax(axis=1)
    shown = best != BLANK
    return len(greedy(log_probs)) >= 3 and float(log_probs[shown].max(axis=1).mean()) > UNSURE


def beam(log_probs: Array, width: int = 12) -> list[tuple[str, float]]:
    """Prefix beam search: up to `width` texts with the log of their probability, the likeliest first.

    At each step only the MOST likeliest characters may begin or go on; exact for outputs that have no more.
    """
    beams: dict[str, tuple[float, float]] = {"": (0.0, NEVER)}  # ended in blank, ended in its last character
    ranked: list[tuple[float, str]] = [(0.0, "")]
    for step in log_probs:
        values: list[float] = step.tolist()
        likely = np.argpartition(-step, MOST)[: MOST + 1].tolist()
        candidates = [number for number in likely if number != BLANK and values[number] > LEAST]
        grown: dict[str, tuple[float, float]] = {}
        for total, prefix in ranked:
            in_blank, in_character = beams[prefix]
            last = INDEX[prefix[-1]] if prefix else BLANK
            stay = in_character + values[last] if prefix else NEVER
            old = grown.get(prefix)
            if old is not None:
                stay = logadd(old[1], stay)
            grown[prefix] = (total + values[BLANK], stay)
            for number in candidates:
                longer = prefix + ALPHABET[number - 1]
                value = (in_blank if number == last else total) + values[number]
                old = grown.get(longer)
                grown[longer] = (NEVER, value) if old is None else (old[0], logadd(old[1], value))
        ranked = heapq.nlargest(width, ((logadd(*ends), prefix) for prefix, ends in grown.items()))
        beams = {prefix: grown[prefix] for _, prefix in ranked}
    return [(prefix, total) for total, prefix in ranked]


def _extended(texts: list[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Texts of any length as rows of blank, character, blank, …, with the number of states of each."""
    longest = max(len(text) for text in texts)
    states = np.zeros((len(texts), 2 * longest + 1), np.int64)
    for row, text in enumerate(texts):
        states[row, 1 : 2 * len(text) : 2] = [INDEX[character] for character in text]
    return states, np.array([2 * len(text) + 1 for text in texts])


def log_likelihood(log_probs: Array, texts: list[str]) -> npt.NDArray[np.float64]:
    """The exact log probability of each text: the forward variable of CTC, for all texts at once."""
    if not texts:
        return np.zeros(0)
    states, lengths = _extended(texts)
    count, wide = states.shape
    skip = np.zeros((count, wide), bool)  # from the character before, without a blank: only if they differ
    skip[:, 2:] = (states[:, 2:] != BLANK) & (states[:, 2:] != states[:, :-2])
    forward = np.full((count, wide), NEVER)
    forward[:, 0] = 0.0  # before the first step
    started = False
    for step in log_probs.astype(np.float64):
        emitted = step[states]
        if not started:
            fresh = np.full((count, wide), NEVER)
            fresh[:, :2] = emitted[:, :2]
            forward, started = fresh, True
            continue
        one = np.full((count, wide), NEVER)
        one[:, 1:] = forward[:, :-1]
        two = np.full((count, wide), NEVER)
        two[:, 2:] = np.where(skip[:, 2:], forward[:, :-2], NEVER)
        forward = np.logaddexp(np.logaddexp(forward, one), two) + emitted
    rows = np.arange(count)
    ends = forward[rows, lengths - 1]
    before = np.where(lengths > 1, forward[rows, np.maximum(lengths - 2, 0)], NEVER)
    total: npt.NDArray[np.float64] = np.maximum(np.logaddexp(ends, before), NEVER)
    return total


@dataclass(frozen=True)
class Alignment:
    """Where each character of a text stands in the reader's output."""

    #: (characters, 37) log probability of each class at the steps of each character; rows sum to 1.
    evidence: Array
    #: The middle step of each character.
    steps: npt.NDArray[np.int64]


def align(log_probs: Array, text: str) -> Alignment | None:
    """The likeliest path of `text` (Viterbi) and what else the reader saw at its characters. None where it cannot fit.

    The evidence for a class at a character is its best step of those that belong to the character; blanks between
    characters do not count.
    """
    steps = len(log_probs)
    if not text or steps == 0:
        return None
    states, _lengths = _extended([text])
    row = states[0]
    count = len(row)
    skip = np.zeros(count, bool)
    skip[2:] = (row[2:] != BLANK) & (row[2:] != row[:-2])
    score = np.full(count, NEVER)
    score[0], score[1] = log_probs[0, row[0]], log_probs[0, row[1]]
    back = np.zeros((steps, count), np.int64)
    for t in range(1, steps):
        one = np.concatenate([[NEVER], score[:-1]])
        two = np.where(skip, np.concatenate([[NEVER, NEVER], score[:-2]]), NEVER)
        options = np.stack([score, one, two])
        back[t] = options.argmax(axis=0)
        score = options.max(axis=0) + log_probs[t, row]
    state = count - 1 if score[-1] >= score[-2] else count - 2
    if score[state] < NEVER / 2:
        return None
    path = np.zeros(steps, np.int64)
    for t in range(steps - 1, -1, -1):
        path[t] = state
        state -= int(back[t, state])
    evidence = np.zeros((len(text), CLASSES), np.float32)
    middles = np.zeros(len(text), np.int64)
    for position in range(len(text)):
        mine = np.flatnonzero(path == 2 * position + 1)
        evidence[position] = log_probs[mine].max(axis=0)
        middles[position] = mine[len(mine) // 2]
    evidence[:, BLANK] = NEVER
    evidence -= np.logaddexp.reduce(evidence, axis=1, keepdims=True)
    return Alignment(evidence, middles)


def chained(parts: list[Array]) -> Array:
    """Readings of several pieces one after the other, as if they were one strip: a sure blank keeps twins apart."""
    gap = np.full((1, CLASSES), NEVER, np.float32)
    gap[0, BLANK] = 0.0
    pieces: list[Array] = []
    for part in parts:
        pieces += [gap, part] if pieces else [part]
    return np.concatenate(pieces) if pieces else gap
