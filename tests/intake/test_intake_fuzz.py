"""Readers fed with files that chance has changed: each opens, or is refused with a sentence; nothing else.

The cases are the same on every run: their number is fixed and so is the seed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from bad_papers import FORMATS, whole_file
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dipro_scan.intake.outline import outline_source
from dipro_scan.intake.pages import open_page
from dipro_scan.model import PageFailed, PageInput, SourceRefused
from dipro_scan.settings import IntakeSettings

CASES = 30
"""For each format."""

_SAMPLES = Path(__file__).resolve().parents[2] / "samples"
_LIMITS = IntakeSettings(max_megapixels=4, max_pages=20)
_PAGES_OPENED = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One change to a file's bytes at a place given as a share of its length."""

    kind: str
    place: float
    value: int


_CHANGES = st.lists(
    st.builds(
        Change,
        st.sampled_from(["byte", "bit", "number", "cut_out", "repeat", "swap", "end"]),
        st.floats(0, 1, exclude_max=True),
        st.integers(0, 2**32 - 1),
    ),
    min_size=1,
    max_size=8,
)


def _changed(data: bytes, change: Change) -> bytes:
    at, value = int(change.place * len(data)), change.value
    length = value % 64 + 1
    made: dict[str, Callable[[], bytes]] = {
        "byte": lambda: data[:at] + bytes([value & 0xFF]) + data[at + 1 :],
        "bit": lambda: data[:at] + bytes([data[at] ^ (1 << value % 8)]) + data[at + 1 :],
        # Sizes, counts and offsets, in either order of bytes.
        "number": lambda: data[:at] + value.to_bytes(4, "big" if value % 2 else "little") + data[at + 4 :],
        "cut_out": lambda: data[:at] + data[at + length :],
        "repeat": lambda: data[: at + length] + data[at:],
        "swap": lambda: data[:at] + data[at + length : at + 2 * length] + data[at : at + length] + data[at:],
        "end": lambda: data[: max(at, 1)],
    }
    return made[change.kind]() or b"\0"


@cache
def _original(name: str) -> bytes:
    return (_SAMPLES / name).read_bytes() if (_SAMPLES / name).is_file() else whole_file(name)


# Small ones of every format, and two as scanners and fax machines make them.
@pytest.mark.parametrize("name", [*FORMATS, "mahnung-fax.tif", "anliegen.pdf"])
def test_a_changed_file_opens_or_is_refused(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("fuzz")

    @settings(
        max_examples=CASES,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(_CHANGES)
    def opens_or_is_refused(changes: list[Change]) -> None:
        data = _original(name)
        for change in changes:
            data = _changed(data, change) if data else b"\0"
        path = folder / f"changed.{name.rpartition('.')[2]}"
        path.write_bytes(data)
        try:
            outline = outline_source(path, _LIMITS)
        except SourceRefused as refused:
            assert refused.message
            return
        assert 1 <= outline.pages <= _LIMITS.max_pages
        for number in range(1, min(outline.pages, _PAGES_OPENED) + 1):
            sha256 = hashlib.sha256(data).hexdigest()
            try:
                page = open_page(PageInput(path, sha256, outline.media_type, number), _LIMITS)
            except PageFailed as failed:
                assert str(failed)
                continue
            assert page.pixels.size and page.stream.data
            assert page.stream.width_px * page.stream.height_px <= _LIMITS.max_megapixels * 1_000_000

    opens_or_is_refused()
