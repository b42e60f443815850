"""Pictures that stay nearly the same, and those that do not."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modtui.domain.picture_hash import BITS, CHUNKS, as_digest, chunks, cut_hashes, distance, picture_hash


def patches(seed: int, width: int = 64, height: int = 64, noise: int = 0) -> bytes:
    """A picture of eight by eight patches of random greys, the same for a seed at any size."""
    rng, speckle = random.Random(seed), random.Random(1)
    greys = [[rng.randrange(20, 235) for _ in range(8)] for _ in range(8)]
    return b"".join(
        bytes([greys[y * 8 // height][x * 8 // width] + speckle.randint(-noise, noise)] * 3)
        for y in range(height)
        for x in range(width)
    )


def test_size_and_noise_hardly_matter_and_another_picture_does() -> None:
    whole = picture_hash(patches(1), 64, 64)
    smaller = picture_hash(patches(1, 40, 48), 40, 48)
    noisy = picture_hash(patches(1, noise=9), 64, 64)
    other = picture_hash(patches(2), 64, 64)
    assert whole is not None
    assert smaller is not None and distance(whole, smaller) <= 12
    assert noisy is not None and distance(whole, noisy) <= 12
    assert other is not None and distance(whole, other) > 30


def test_an_even_surface_has_no_hash() -> None:
    assert picture_hash(bytes([200, 30, 30]) * 64 * 64, 64, 64) is None
    assert picture_hash(b"\0\0\0" * 2, 1, 2) is None


@given(st.integers(0, (1 << BITS) - 1), st.sets(st.integers(0, BITS - 1), max_size=15))
def test_two_within_fifteen_bits_share_a_part_but_for_one_bit(number: int, flipped: set[int]) -> None:
    other = number
    for bit in flipped:
        other ^= 1 << bit
    apart = [(one ^ another).bit_count() for one, another in zip(chunks(number), chunks(other), strict=True)]
    assert len(apart) == CHUNKS
    assert min(apart) <= 1
    first, second = as_digest(other)
    assert distance(number, first << 64 | second) == len(flipped)


@pytest.mark.parametrize("cut", [(3, 0, 0, 0), (0, 3, 0, 0), (0, 0, 3, 0), (0, 0, 0, 3), (2, 1, 1, 2)])
def test_a_picture_cut_at_its_edges_is_found_from_either_side(cut: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = cut
    pixels = patches(3)
    lines = [pixels[start : start + 3 * 64] for start in range(0, 3 * 64 * 64, 3 * 64)]
    part = b"".join(line[3 * left : 3 * (64 - right)] for line in lines[top : 64 - bottom])
    size = (64 - left - right, 64 - top - bottom)
    whole, other = picture_hash(pixels, 64, 64), picture_hash(part, *size)
    assert whole is not None and other is not None
    assert min(distance(each, other) for each in cut_hashes(pixels, 64, 64)) <= 12
    assert min(distance(each, whole) for each in cut_hashes(part, *size)) <= 12
    stranger = picture_hash(patches(4), 64, 64)
    assert stranger is not None
    assert min(distance(each, stranger) for each in cut_hashes(pixels, 64, 64)) > 30
