"""What was read on a turned piece of a page, back in its place on the page."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dipro_scan.model import Block, Box, Line, PageText, Word

Matrix = NDArray[np.float64]


def placed(text: PageText, to_page: Matrix) -> PageText:
    """`text` with all places, in mm, taken through `to_page` (shape (2, 3)).

    Boxes stay upright: that of a word on a slope holds the word as it lies turned. Baselines keep the
    direction in which one reads, also up or down the page or on their heads.
    """
    return PageText(tuple(_block(block, to_page) for block in text.blocks))


def _block(block: Block, to_page: Matrix) -> Block:
    return Block.of(_line(line, to_page) for line in block.lines)


def _line(line: Line, to_page: Matrix) -> Line:
    words = tuple(Word(word.text, _box(word.box, to_page), word.confidence) for word in line.words)
    ends = _moved(np.array(line.baseline).reshape(2, 2), to_page)
    x0, y0, x1, y1 = (float(edge) for edge in ends.ravel())
    return Line(words, Box.around([word.box for word in words]), (x0, y0, x1, y1))


def _box(box: Box, to_page: Matrix) -> Box:
    corners = np.array([(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)])
    moved = _moved(corners, to_page)
    (x0, y0), (x1, y1) = moved.min(axis=0), moved.max(axis=0)
    return Box(float(x0), float(y0), float(x1), float(y1))


def _moved(places: NDArray[np.float64], to_page: Matrix) -> NDArray[np.float64]:
    return np.asarray(places @ to_page[:, :2].T + to_page[:, 2])
