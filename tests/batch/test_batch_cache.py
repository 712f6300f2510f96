from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.batch.cache import ReadingCache, reading_key
from dipro_scan.batch.image_files import read_image, write_image
from dipro_scan.model import (
    BlankVerdict,
    Block,
    Box,
    Code,
    CodeMeaning,
    Colour,
    ColourSpace,
    EngineIdentity,
    ImageFilter,
    ImageStream,
    Line,
    Measurement,
    PageGeometry,
    PageReading,
    PageText,
    ProcessingStep,
    Resolution,
    Word,
)

STREAM = ImageStream(
    ImageFilter.CCITT,
    1728,
    2200,
    ColourSpace.GRAY,
    1,
    b"\x00\xff\n{}" * 9,
    {"K": -1, "Columns": 1728, "BlackIs1": True},
    inverted=True,
    palette=b"",
    icc_profile=b"profile\n",
)


def reading() -> PageReading:
    word = Word("Straße § 12", Box(1.0, 2.0, 3.5, 4.0), 0.91)
    line = Line((word,), word.box, (1.0, 3.9, 3.5, 3.8))
    return PageReading(
        content_sha256="ab" * 32,
        geometry=PageGeometry(210.0, 297.0, 6, 90, -1.43),
        resolution=Resolution(204.0, 98.0),
        resolution_origin="file",
        colour=Colour.BITONAL,
        rotation_confidence=0.9,
        blank=BlankVerdict.DOUBTFUL,
        text=PageText((Block((line,), word.box),)),
        engine=EngineIdentity("tesseract", "5.5", {"deu": "00"}, for_tests=True),
        codes=(Code("QRCode", "x", CodeMeaning.SEPARATOR, Box(0, 0, 1, 1)),),
        measurements=(Measurement("ink_share", 0.01, "1", 0.005, "notable"),),
        doubts=("low_confidence",),
        steps=(ProcessingStep("rotate", True, {"degrees_clockwise": 90, "lossless": True}),),
        visible_text=True,
        failed=None,
        seconds=1.25,
    )


def test_a_reading_comes_back_as_it_was(tmp_path: Path) -> None:
    cache = ReadingCache(tmp_path)
    key = reading_key({"page": 1})
    cache.put(key, reading(), STREAM)
    assert cache.reading(key) == reading()
    assert read_image(cache.stream_path(key)) == STREAM


def test_a_damaged_reading_is_read_again(tmp_path: Path) -> None:
    cache = ReadingCache(tmp_path)
    key = reading_key({"page": 1})
    cache.put(key, reading(), STREAM)
    path = cache.reading_path(key)
    path.write_bytes(path.read_bytes()[:-7])
    assert cache.reading(key) is None


def test_any_fact_changes_the_key() -> None:
    facts = {"source": "a", "page": 1, "settings": {"dpi": 300}}
    keys = {
        reading_key(facts),
        reading_key({**facts, "page": 2}),
        reading_key({**facts, "settings": {"dpi": 200}}),
    }
    assert len(keys) == 3


@given(data=st.binary(max_size=300), palette=st.binary(max_size=30), icc=st.binary(max_size=30))
def test_any_bytes_survive(tmp_path_factory, data: bytes, palette: bytes, icc: bytes) -> None:
    path = tmp_path_factory.mktemp("stream") / "s"
    stream = ImageStream(
        ImageFilter.FLATE, 1, 1, ColourSpace.INDEXED, 8, data, palette=palette, icc_profile=icc
    )
    write_image(path, stream)
    assert read_image(path) == stream
