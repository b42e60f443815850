"""Sketches of many texts at once: what `domain.minhash` says of each, twenty times as fast.

Imports numpy, so only the process that keeps the table of sketches does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from modtui.domain.minhash import BANDS, BINS, HALF, SECOND_LOOK, lenders
from modtui.domain.scripts import unspaced_letter
from modtui.domain.shingles import LETTER_BASE, MASK, MIX_FACTORS, MIX_SHIFTS, PLACE_FACTORS, PLAIN, RUN

U64 = np.uint64
Numbers = NDArray[np.uint64]
Places = NDArray[np.int64]
Letters = NDArray[Any]
_BETWEEN, _LETTER, _WORD = 0, 1, 2
"Kinds of characters: between words, a part of a word, a word by itself."
_UNMET = 255
_EMPTY = U64(1 << 40)
"More than any value in a bin."


class Sketches(Struct, frozen=True):
    """What is known of some texts, a row each."""

    keys: NDArray[np.uint32]
    "Texts x `BANDS`."
    marks: NDArray[np.uint8]
    "Texts x `BINS`."
    digests: Numbers
    "Texts x 2."
    has_words: NDArray[np.bool_]
    "A text without any has no sketch; its row means nothing."


class Sketcher:
    """Knows each character once met; the same one is to be used for many batches."""

    def __init__(self) -> None:
        self._lengths = np.full(0x110000, _UNMET, np.uint8)
        self._starts = np.zeros(0x110000, np.uint32)
        self._pool = np.zeros(0, np.uint32)
        self._kinds = np.full(0x110000, _UNMET, np.uint8)
        self._powers = np.ones(1, U64)
        self._inverse_powers = np.ones(1, U64)
        self._looks = np.array(lenders(), np.int64)
        self._meet(np.arange(128, dtype=np.uint32))

    def sketch(self, texts: Sequence[str]) -> Sketches:
        """The sketches of the texts, equal to `domain.minhash` of each."""
        count = len(texts)
        found = Sketches(
            np.zeros((count, BANDS), np.uint32), np.zeros((count, BINS), np.uint8), np.zeros((count, 2), U64),
            np.zeros(count, np.bool_),
        )  # fmt: skip
        for is_ascii in (True, False):
            rows = [row for row, text in enumerate(texts) if text.isascii() is is_ascii]
            if rows:
                some = self._sketch_alike([texts[row] for row in rows], is_ascii=is_ascii)
                found.keys[rows], found.marks[rows] = some.keys, some.marks
                found.digests[rows], found.has_words[rows] = some.digests, some.has_words
        return found

    def _sketch_alike(self, texts: Sequence[str], *, is_ascii: bool) -> Sketches:
        letters = self._ascii_letters(texts) if is_ascii else self._letters(texts)
        words, owners = self._words(letters)
        shingles, counts = _shingles(words, owners, len(texts))
        bins = _fill(shingles, counts, self._looks)
        return Sketches(_band_keys(bins), (bins & U64(0xFF)).astype(np.uint8), _digests(shingles, counts), counts > 0)

    def _ascii_letters(self, texts: Sequence[str]) -> Letters:
        """All letters as they are compared, a NUL behind each text and nowhere else."""
        whole = ("\0".join(texts) + "\0").lower()
        if whole.count("\0") != len(texts):
            return self._ascii_letters([text.replace("\0", " ") for text in texts])
        return np.frombuffer(whole.encode("ascii"), np.uint8)

    def _letters(self, texts: Sequence[str]) -> Letters:
        """The same of texts that are not ASCII."""
        whole = "\0".join(texts) + "\0"
        if whole.count("\0") != len(texts):
            return self._letters([text.replace("\0", " ") for text in texts])
        data = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), np.uint32)
        lengths = self._lengths[data]
        unmet = data[lengths == _UNMET]
        if len(unmet):
            self._meet(np.unique(unmet))
            lengths = self._lengths[data]
        starts = self._starts[data]
        if lengths.min() == 1 == lengths.max():
            return self._pool[starts]
        ends = np.cumsum(lengths, dtype=np.int64)
        # From where a letter stands in what comes out to where it stands in the pool.
        shift = np.repeat(starts - (ends - lengths), lengths)
        return self._pool[shift + np.arange(int(ends[-1]))]

    def _meet(self, code_points: NDArray[np.uint32]) -> None:
        """Look new characters up."""
        added: list[int] = []
        for code_point in code_points.tolist():
            plain = PLAIN[code_point] if code_point else "\0"
            # No character folds into more than 18; the pool holds each as it is compared.
            self._lengths[code_point] = len(plain)
            self._starts[code_point] = len(self._pool) + len(added)
            for letter in plain:
                added.append(ord(letter))
                if self._kinds[ord(letter)] == _UNMET:
                    alone = unspaced_letter().match(letter) if not letter.isascii() else None
                    kind = _BETWEEN if not letter.isalnum() else _WORD if alone else _LETTER
                    self._kinds[ord(letter)] = kind
        self._pool = np.concatenate((self._pool, np.array(added, np.uint32)))

    def _words(self, letters: Letters) -> tuple[Numbers, Places]:
        """The number of each word, and the text it is of."""
        kinds = self._kinds[letters]
        before = np.concatenate((np.zeros(1, np.uint8), kinds[:-1]))
        after = np.concatenate((kinds[1:], np.zeros(1, np.uint8)))
        in_word = kinds != _BETWEEN
        starts = np.flatnonzero(in_word & ((before != _LETTER) | (kinds == _WORD)))
        ends = np.flatnonzero(in_word & ((after != _LETTER) | (kinds == _WORD)))
        powers, inverse = self._powers_up_to(len(letters) + 1)
        sums = np.zeros(len(letters) + 1, U64)
        np.cumsum(letters * inverse[: len(letters)], out=sums[1:])
        numbers = (sums[ends + 1] - sums[starts]) * powers[ends]
        numbers[numbers == 0] = 1
        return numbers, np.searchsorted(np.flatnonzero(letters == 0), starts)

    def _powers_up_to(self, count: int) -> tuple[Numbers, Numbers]:
        """Powers of the base and of its inverse, modulo 2^64."""
        if len(self._powers) < count:
            inverse = pow(LETTER_BASE, -1, 1 << 64)
            size = max(count, 2 * len(self._powers))
            ones = np.ones(size, U64)
            base, back = ones * U64(LETTER_BASE), ones * U64(inverse)
            base[0] = back[0] = 1
            self._powers, self._inverse_powers = np.cumprod(base), np.cumprod(back)
        return self._powers, self._inverse_powers


def mixed(numbers: Numbers) -> Numbers:
    """`domain.shingles.mixed` of each."""
    first, second, last = (U64(shift) for shift in MIX_SHIFTS)
    numbers = (numbers ^ (numbers >> first)) * U64(MIX_FACTORS[0])
    numbers = (numbers ^ (numbers >> second)) * U64(MIX_FACTORS[1])
    mixed: Numbers = numbers ^ (numbers >> last)
    return mixed


def _shingles(words: Numbers, owners: Places, texts: int) -> tuple[Numbers, Places]:
    """The shingles of all texts, one text behind the other, and how many each has."""
    in_text = np.bincount(owners, minlength=texts)
    a, b, c = (U64(factor) for factor in PLACE_FACTORS)
    padded = np.concatenate((words, np.zeros(RUN - 1, U64)))
    owner_after = np.concatenate((owners, np.full(RUN - 1, -1, np.int64)))
    second: Numbers = np.where(owner_after[1:-1] == owners, padded[1:-1], U64(0))
    third: Numbers = np.where(owner_after[2:] == owners, padded[2:], U64(0))
    numbers = mixed(words * a + second * b + third * c)
    firsts = np.cumsum(in_text) - in_text
    place = np.arange(len(words)) - np.repeat(firsts, in_text)
    counts = np.where(in_text > 0, np.maximum(in_text - RUN + 1, 1), 0)
    return numbers[place < np.repeat(counts, in_text)], counts


def _fill(shingles: Numbers, counts: Places, looks: NDArray[np.int64]) -> Numbers:
    """The bins of each text; those of a text without words stay empty."""
    texts = len(counts)
    least = np.full(texts * BINS, _EMPTY, U64)
    owners = np.repeat(np.arange(texts), counts)
    places = owners * BINS + ((shingles >> U64(32)) * U64(BINS) >> U64(32)).astype(np.int64)
    np.minimum.at(least, places, shingles & U64(HALF))
    own = least.copy()
    empty = np.flatnonzero((least == _EMPTY) & np.repeat(counts > 0, BINS))
    for look in looks:
        if not len(empty):
            break
        lent = own[empty - empty % BINS + look[empty % BINS]]
        least[empty] = lent
        empty = empty[lent == _EMPTY]
    return least.reshape(texts, BINS)


def _band_keys(bins: Numbers) -> NDArray[np.uint32]:
    a, b, c = (U64(factor) for factor in PLACE_FACTORS)
    bands = np.arange(BANDS, dtype=U64) * c
    return (mixed(bins[:, 0::2] * a + bins[:, 1::2] * b + bands) & U64(HALF)).astype(np.uint32)


def _digests(shingles: Numbers, counts: Places) -> Numbers:
    ends = np.cumsum(counts)
    sums: list[Any] = []
    for numbers in (shingles, mixed(shingles ^ U64(SECOND_LOOK & MASK))):
        totals = np.concatenate((np.zeros(1, U64), np.cumsum(numbers)))
        sums.append(totals[ends] - totals[ends - counts])
    return np.stack(sums, axis=1)
