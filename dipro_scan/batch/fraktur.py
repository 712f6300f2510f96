"""Pages in Fraktur, read with data for it where such data are installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dipro_scan.imaging.cut_outs import piece_of
from dipro_scan.model import PageText, ReadingImage
from dipro_scan.ocr.scripts import looks_like_fraktur, reads_better, trial_lines

MARGIN_MM: Final = 0.8

ReadIn = Callable[[ReadingImage, tuple[str, ...]], PageText]


def fraktur_languages(
    view: ReadingImage, text: PageText, data: str, read_line: ReadIn
) -> tuple[str, ...] | None:
    """The data for Fraktur as the languages to read the page with, where a few lines read better with them.

    `text` was read on `view` with data for modern print, `data` is what `ocr.scripts.fraktur_data` found,
    and `read_line` reads one line in the languages it is given. None for a page that is not in Fraktur; that
    costs nothing but looking at its words. Raises what `read_line` raises.
    """
    if not looks_like_fraktur(text):
        return None
    lines = trial_lines(text)
    again = [read_line(piece_of(view, line.box, MARGIN_MM), (data,)) for line in lines]
    better = reads_better(lines, [line for seen in again for line in seen.lines()])
    return (data,) if better else None
