"""Rivals read a page once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from rival_texts import BATCH_PAGES, kept_texts
from truth_pages import TruthPage


@dataclass
class _Rival:
    """Says which pages it was given; may fail after some batches."""

    facts: dict[str, Any] = field(default_factory=lambda: {"version": "1"})
    name: str = "rival"
    given: list[str] = field(default_factory=list)
    batches_until_failure: int = 99

    def read(self, pages: Sequence[TruthPage]) -> list[str]:
        if not self.batches_until_failure:
            raise RuntimeError("out of paper")
        self.batches_until_failure -= 1
        self.given += [page.path.name for page in pages]
        return [f"text of {page.path.name}" for page in pages]


def _pages(folder: Path, count: int) -> list[TruthPage]:
    pages = []
    for number in range(count):
        path = folder / f"{number:02d}.png"
        path.write_bytes(b"page %d" % number)
        pages.append(TruthPage(path, "clean", "truth", generated=True))
    return pages


def test_a_second_time_nothing_is_read(tmp_path: Path) -> None:
    pages, rival = _pages(tmp_path, 3), _Rival()
    first = kept_texts(rival, pages, tmp_path / "kept")
    assert first == ["text of 00.png", "text of 01.png", "text of 02.png"]
    assert kept_texts(rival, [*reversed(pages)], tmp_path / "kept") == [*reversed(first)]
    assert len(rival.given) == 3


def test_a_page_with_other_bytes_is_read_anew_and_alone(tmp_path: Path) -> None:
    pages, rival = _pages(tmp_path, 3), _Rival()
    kept_texts(rival, pages, tmp_path / "kept")
    pages[1].path.write_bytes(b"another scan")
    kept_texts(rival, pages, tmp_path / "kept")
    assert rival.given[3:] == ["01.png"]


@pytest.mark.parametrize("facts", [{"version": "2"}, {"version": "1", "command": ["--clean"]}])
def test_another_version_or_command_reads_everything_anew(tmp_path: Path, facts: dict[str, Any]) -> None:
    pages, later = _pages(tmp_path, 2), _Rival(facts=facts)
    kept_texts(_Rival(), pages, tmp_path / "kept")
    kept_texts(later, pages, tmp_path / "kept")
    assert later.given == ["00.png", "01.png"]


def test_what_was_read_before_a_failure_is_kept(tmp_path: Path) -> None:
    pages = _pages(tmp_path, BATCH_PAGES + 2)
    with pytest.raises(RuntimeError, match="out of paper"):
        kept_texts(_Rival(batches_until_failure=1), pages, tmp_path / "kept")
    later = _Rival()
    assert len(kept_texts(later, pages, tmp_path / "kept")) == BATCH_PAGES + 2
    assert later.given == [page.path.name for page in pages[BATCH_PAGES:]]
    assert not [path for path in (tmp_path / "kept" / "rival").iterdir() if path.suffix != ".json"]


def test_an_empty_text_is_a_text(tmp_path: Path) -> None:
    class Mute(_Rival):
        def read(self, pages: Sequence[TruthPage]) -> list[str]:
            super().read(pages)
            return ["" for _page in pages]

    pages, rival = _pages(tmp_path, 2), Mute()
    assert kept_texts(rival, pages, tmp_path / "kept") == ["", ""]
    assert kept_texts(rival, pages, tmp_path / "kept") == ["", ""]
    assert len(rival.given) == 2
