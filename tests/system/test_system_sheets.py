"""What `sheets` prints, `inspect` and `run` find again: whichever way round, worn, copied, faxed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from sheet_trial import SHEETS, tried
from system_office import Outcome
from worn_sheets import Wear, rendered, scanned, wears

from dipro_scan.separate import decode_cover

Command = Callable[..., Outcome]
PARTS = 6
SHEETS_TRIED = 60


def as_tiff(pdf: Path, page: int, wear: Wear, target: Path) -> None:
    scan = scanned(rendered(pdf.read_bytes(), page, wear.dpi), wear)
    Image.fromarray(scan.pixels).save(target, dpi=(scan.x_dpi, scan.y_dpi), compression="tiff_lzw")


def text_of(pdf: Path, page: int = 0) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        text: str = document[page].get_textpage().get_text_range()
        return text
    finally:
        document.close()


@pytest.mark.parametrize("part", range(PARTS))
def test_worn_sheets_are_all_found(part: int) -> None:
    for number, wear in list(enumerate(wears(SHEETS_TRIED, seed=11)))[part::PARTS]:
        sheet = SHEETS[number % len(SHEETS)]
        found = tried(sheet, wear)
        assert found.lacking == (), (number, sheet.name, wear)
        assert found.wrong == (), (number, sheet.name, wear)


def test_a_printed_separator_is_seen_by_inspect_from_both_sides(tmp_path: Path, dipro_scan: Command) -> None:
    pdf = tmp_path / "trennblatt.pdf"
    printed = dipro_scan("sheets", "separator", "--output", pdf)
    assert printed.code == 0, printed.stderr
    assert "PATCHT" in text_of(pdf)
    sides = []
    for side, rotation in ((0, 0), (1, 180)):
        sides.append(tmp_path / f"seite{side}.tif")
        as_tiff(pdf, side, Wear("fax_fine", 300, rotation, 3.0, 0.0, seed=side), sides[-1])
    seen = dipro_scan("inspect", *sides, "--json").json
    pages = [page for file in seen["files"] for page in file["pages"]]
    assert len(pages) == 2
    for page in pages:
        kinds = {(code["type"], code["meaning"]) for code in page["codes"]}
        assert kinds == {("PatchT", "separator"), ("QRCode", "separator")}


def test_a_printed_cover_sheet_says_what_was_asked_for(tmp_path: Path, dipro_scan: Command) -> None:
    pdf, scan = tmp_path / "deckblatt.pdf", tmp_path / "scan.tif"
    printed = dipro_scan(
        "sheets", "cover", "--pipeline", "bauakten", "--aktenzeichen", "63 10 - 7/25", "--class",
        "baugenehmigung", "--pages", "12", "--schutzbedarf", "sehr hoch", "--title", "Neubau Musterweg 1",
        "--output", pdf,
    )  # fmt: skip
    assert printed.code == 0, printed.stderr
    assert "63.10-0007/2025" in text_of(pdf) and "Neubau Musterweg 1" in text_of(pdf)
    as_tiff(pdf, 1, Wear("copy", 300, 90, -4.0, 0.0, seed=1), scan)
    (page,) = dipro_scan("inspect", scan, "--json").json["files"][0]["pages"]
    covers = [code for code in page["codes"] if code["meaning"] == "cover"]
    (payload,) = {code["text"] for code in covers if code["type"] == "QRCode"}
    cover = decode_cover(payload)
    assert cover is not None
    assert (cover.aktenzeichen, cover.class_id, cover.pages, cover.schutzbedarf) == (
        "63.10-0007/2025", "baugenehmigung", 12, "sehr hoch",
    )  # fmt: skip
    assert cover.sheet_id in text_of(pdf)
    assert {code["type"] for code in page["codes"]} == {"QRCode", "PatchT", "Code128"}
    assert {code["text"] for code in covers if code["type"] == "Code128"} == {f"DSD-{cover.sheet_id}"}


def test_each_sheet_has_an_id_of_its_own_and_the_same_on_both_sides(
    tmp_path: Path, dipro_scan: Command
) -> None:
    table, pdf = tmp_path / "liste.csv", tmp_path / "liste.pdf"
    table.write_text("aktenzeichen;klasse;seiten\n63.10-0007/2025;;3\n63.10-0008/2025;;\n", encoding="utf-8")
    assert dipro_scan("sheets", "cover", "--table", table, "--count", "2", "--output", pdf).code == 0
    payloads = [text_of(pdf, page) for page in range(8)]
    assert [payloads[n] == payloads[n + 1] for n in range(0, 8, 2)] == [True] * 4
    assert len(set(payloads)) == 4
    assert "63.10-0007/2025" in payloads[2] and "63.10-0008/2025" in payloads[4]


def test_wrong_lines_are_named_and_nothing_is_written(tmp_path: Path, dipro_scan: Command) -> None:
    table, pdf = tmp_path / "liste.csv", tmp_path / "liste.pdf"
    table.write_text("aktenzeichen;seiten\n63.10-7/25;1\n99.99-1/25;1\n63.10-7/25;x\n", encoding="utf-8")
    outcome = dipro_scan("sheets", "cover", "--table", table, "--output", pdf, "--lang", "en")
    assert outcome.code == 2
    assert "line 3" in outcome.stdout and "line 4" in outcome.stdout and "line 2" not in outcome.stdout
    assert not pdf.exists()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "--table, --node"),
        (("--node", "63", "--pages", "3"), "--table, --node"),
        (("--node", "99"), "no number 99"),
        (("--aktenzeichen", "4711"), "“4711” is no Aktenzeichen"),
        (("--pages", "3"), "needs an Aktenzeichen"),
        (("--class", "gibtsnicht"), "no document class"),
    ],
)
def test_what_cannot_be_printed_is_told(
    tmp_path: Path, dipro_scan: Command, arguments: tuple[str, ...], complaint: str
) -> None:
    pdf = tmp_path / "x.pdf"
    outcome = dipro_scan("sheets", "cover", *arguments, "--output", pdf, "--lang", "en")
    assert outcome.code == 2
    assert complaint in outcome.stderr
    assert not pdf.exists()


def test_nothing_is_overwritten_and_a_missing_folder_is_told(tmp_path: Path, dipro_scan: Command) -> None:
    pdf = tmp_path / "x.pdf"
    pdf.write_bytes(b"mine")
    assert dipro_scan("sheets", "separator", "--output", pdf).code == 2
    assert pdf.read_bytes() == b"mine"
    assert dipro_scan("sheets", "separator", "--output", tmp_path / "fehlt" / "x.pdf").code == 6


def test_sheets_that_the_pipeline_does_not_heed_are_told(tmp_path: Path, dipro_scan: Command) -> None:
    pdf = tmp_path / "zwei.pdf"
    outcome = dipro_scan("sheets", "--lang", "en", "separator", "--patch", "2", "--output", pdf, "--quiet")
    assert outcome.code == 0
    assert "does not part documents at patch code 2" in outcome.stderr
    assert pdf.is_file()
