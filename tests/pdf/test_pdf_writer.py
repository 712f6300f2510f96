from __future__ import annotations

import datetime as dt
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from dipro_scan.model import ColourSpace, ImageFilter, ImageStream, PageGeometry
from dipro_scan.pdf import PdfJob, PdfPage, check_pdfa, write_pdf

MakeJob = Callable[..., PdfJob]
MakePage = Callable[..., PdfPage]


def written(job: PdfJob, target: Path) -> bytes:
    write_pdf(job, target)
    return target.read_bytes()


def test_the_same_job_gives_the_same_bytes(
    tmp_path: Path, make_job: MakeJob, make_page: MakePage, letter: Any, letter_stream: ImageStream
) -> None:
    pages = [
        make_page(letter_stream, PageGeometry(210, 297, skew_degrees=skew), letter.text)
        for skew in (0.0, 1.2, -3.4)
    ]
    first = written(make_job(*pages), tmp_path / "first.pdf")
    assert written(make_job(*pages), tmp_path / "second.pdf") == first


def test_every_fact_of_a_job_shows_in_its_bytes(
    tmp_path: Path, make_job: MakeJob, make_page: MakePage, letter_stream: ImageStream
) -> None:
    page = make_page(letter_stream, PageGeometry(210, 297))
    original = written(make_job(page), tmp_path / "original.pdf")
    changes: list[dict[str, Any]] = [
        {"document_id": "another"},
        {"title": "Anderer Titel"},
        {"language": "en"},
        {"created": dt.datetime(2025, 3, 4, 10, 11, 13, tzinfo=dt.UTC)},
        {"producer": "dipro_scan 9"},
        {"transfer_note": {"tv_id": "0b6f"}},
        {"pages": [page, page]},
    ]
    for change in changes:
        assert written(make_job(page, **change), tmp_path / "changed.pdf") != original, change


def test_a_file_is_told_by_its_document_and_its_content(
    tmp_path: Path, make_job: MakeJob, make_page: MakePage, letter_stream: ImageStream
) -> None:
    """ISO 32000-1, 14.4: the first identifier stays with the document, the second changes with the file."""
    page = make_page(letter_stream, PageGeometry(210, 297))
    identifiers = []
    for name, change in [("a", {}), ("b", {"title": "Neu"}), ("c", {"document_id": "another"})]:
        write_pdf(make_job(page, **change), tmp_path / name)
        with pikepdf.open(tmp_path / name) as pdf:
            identifiers.append([bytes(part) for part in pdf.trailer.ID])
    same_document, same_again, other = identifiers
    assert same_document[0] == same_again[0] != other[0]
    assert len({identifier[1] for identifier in identifiers}) == 3


def test_many_pages_hold_one_image_at_a_time(tmp_path: Path, make_job: MakeJob, make_page: MakePage) -> None:
    """Python's own memory; what qpdf holds is the size of the document without its images."""
    megabyte = 1_000_000

    def load(number: int) -> ImageStream:
        data = bytes([number]) * megabyte
        return ImageStream(ImageFilter.DCT, 800, 800, ColourSpace.GRAY, 8, data)

    template = make_page(load(0), PageGeometry(210, 297))
    pages = [
        PdfPage(lambda number=number: load(number), template.geometry, template.text)  # type: ignore[misc]
        for number in range(40)
    ]
    tracemalloc.start()
    write_pdf(make_job(*pages), tmp_path / "long.pdf")
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "long.pdf").stat().st_size > 40 * megabyte
    assert peak < 6 * megabyte


def test_pages_stand_in_order_and_show_their_own_image(
    tmp_path: Path, make_job: MakeJob, make_page: MakePage, make_jpeg: Callable[[Image.Image], ImageStream]
) -> None:
    streams = [make_jpeg(Image.new("L", (10 + number, 10), 200)) for number in range(120)]
    target = tmp_path / "ordered.pdf"
    write_pdf(make_job(*[make_page(stream, PageGeometry(50, 50)) for stream in streams]), target)
    with pikepdf.open(target) as pdf:
        widths = [int(page.Resources.XObject["/Im0"].Width) for page in pdf.pages]
    assert widths == list(range(10, 130))
    assert check_pdfa(target) == ()


def test_a_job_without_pages_is_refused(tmp_path: Path, make_job: MakeJob) -> None:
    with pytest.raises(ValueError, match="at least one page"):
        write_pdf(make_job(), tmp_path / "none.pdf")
    assert not (tmp_path / "none.pdf").exists()


def test_a_page_that_cannot_be_loaded_leaves_no_file(
    tmp_path: Path, make_job: MakeJob, make_page: MakePage, letter_stream: ImageStream
) -> None:
    def lost() -> ImageStream:
        raise FileNotFoundError("stream")

    good = make_page(letter_stream, PageGeometry(210, 297))
    bad = PdfPage(lost, good.geometry, good.text)
    with pytest.raises(FileNotFoundError):
        write_pdf(make_job(good, bad), tmp_path / "half.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_target_that_cannot_be_written_raises_oserror(
    tmp_path: Path, make_job: MakeJob, make_page: MakePage, letter_stream: ImageStream
) -> None:
    with pytest.raises(OSError, match="missing"):
        write_pdf(make_job(make_page(letter_stream, PageGeometry(210, 297))), tmp_path / "missing" / "x.pdf")


def test_qpdf_finds_nothing_to_complain_about(
    tmp_path: Path, make_job: MakeJob, make_page: MakePage, letter: Any, letter_stream: ImageStream
) -> None:
    target = tmp_path / "letter.pdf"
    write_pdf(make_job(make_page(letter_stream, PageGeometry(210, 297), letter.text)), target)
    with pikepdf.open(target) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert pdf.pdf_version == "1.7"
