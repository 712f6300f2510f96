"""Pieces are counted right, in few bits and in many."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dipro_scan.imaging.components import components


@pytest.mark.parametrize("connectivity", [4, 8])
@pytest.mark.parametrize(("side", "pieces"), [(100, 2_500), (700, 122_500)])
def test_as_many_pieces_as_there_are(connectivity: int, side: int, pieces: int) -> None:
    mask = np.zeros((side, side), np.uint8)
    mask[::2, ::2] = 255
    found = components(mask, connectivity)
    assert found.total == pieces + 1 and int(found.labels.max()) == pieces
    assert found.labels.dtype == (np.uint16 if pieces < 65_535 else np.int32)


def test_a_large_page_of_few_pieces_is_numbered_in_sixteen_bits() -> None:
    mask = np.zeros((2000, 1500), np.bool_)
    mask[100:1900:40, 100:1400] = True
    found = components(mask)
    assert found.total == 46 and found.labels.dtype == np.uint16
    assert found.stats[1:, cv2.CC_STAT_WIDTH].tolist() == [1300] * 45


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 0.7), st.sampled_from([4, 8]), st.integers(256, 400))
def test_the_same_as_in_many_bits(seed: int, share: float, connectivity: int, side: int) -> None:
    mask = (np.random.default_rng(seed).random((side, side + 7)) < share).astype(np.uint8)
    found = components(mask, connectivity)
    count, labels, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=connectivity)
    assert found.total == count
    assert np.array_equal(found.labels, labels) and np.array_equal(found.stats, stats)
    assert np.allclose(found.centres[1:], centres[1:])
