"""Text files beside the record, through the installed command: asked for, filed, proved, always the same."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pikepdf
import yaml
from system_office import INVOICE, Office, draw_page, write_pipeline

ROOT = Path(__file__).parents[2]
ALL = {"text": True, "alto": True, "hocr": True, "search_text": True}
ENDINGS = {
    "text": ".txt", "alto": ".alto.xml", "hocr": ".hocr.html", "search_text": ".suche.txt",
    "search_log": ".suche.json",
}  # fmt: skip


def metadata_of(office: Office, path: str) -> dict[str, object]:
    content: dict[str, object] = json.loads((office.records / path).read_text(encoding="utf-8"))
    return content


def test_a_real_invoice_has_its_text_in_every_form_and_verify_guards_them(office: Office) -> None:
    shipped = yaml.safe_load((ROOT / "pipelines" / "posteingang.yaml").read_text(encoding="utf-8"))
    own = {**shipped, "name": "mit-texten", "files": ALL}
    (office.pipelines / "mit-texten.yaml").write_text(yaml.safe_dump(own), encoding="utf-8")
    sample = ROOT / "samples" / "rechnung-zweiseitig.pdf"
    outcome = office.command(
        "run", sample, "--pipeline", "mit-texten", "--json", *office.shared
    )  # fmt: skip
    assert outcome.code == 0, outcome
    (document,) = outcome.json["documents"]
    files = {item["role"]: item for item in metadata_of(office, document["metadata"])["files"]}  # type: ignore[attr-defined]
    stem = document["pdf"].removesuffix(".pdf")
    assert {role: item["path"] for role, item in files.items()} == {
        "record": document["pdf"], **{role: stem + ending for role, ending in ENDINGS.items()}
    }  # fmt: skip
    for item in files.values():
        assert hashlib.sha256((office.records / item["path"]).read_bytes()).hexdigest() == item["sha256"]
    text = (office.records / f"{stem}.txt").read_text(encoding="utf-8")
    with pikepdf.open(office.records / document["pdf"]) as pdf:
        assert text.count("\f") == len(pdf.pages) - 1 == 1
    alto = ET.parse(office.records / f"{stem}.alto.xml")
    words = [each.get("CONTENT") for each in alto.iter() if each.tag.endswith("}String")]
    assert words == text.split()
    hocr = ET.parse(office.records / f"{stem}.hocr.html")
    assert ["".join(each.itertext()) for each in hocr.iter() if each.get("class") == "ocrx_word"] == words
    assert "Rechnung" in words
    mends = json.loads((office.records / f"{stem}.suche.json").read_text(encoding="utf-8"))
    searched = (office.records / f"{stem}.suche.txt").read_text(encoding="utf-8")
    assert bool(mends) == (searched.split() != text.split())
    assert office.command("verify", *office.shared).code == 0
    with (office.records / f"{stem}.suche.txt").open("a", encoding="utf-8") as file:
        file.write("!")
    told = office.command("verify", *office.shared)
    assert told.code == 9 and f"{stem}.suche.txt" in told.stdout + told.stderr


def test_nothing_lies_beside_the_record_unless_it_was_asked_for(office: Office) -> None:
    draw_page(office.inbox / "a.png", 1)
    (document,) = office.run().json["documents"]
    folder = (office.records / document["pdf"]).parent
    assert {path.suffix for path in folder.iterdir()} == {".pdf", ".json"}


def test_mends_are_told_one_by_one_and_the_legal_text_stays(office: Office) -> None:
    lines = ["Rechnung", "Rechnungsnummer: RE-2026-0042", "fiir die StraBe", "nach $ 12 BGB"]
    lines += ["Rechnungsdatum: 03.11.2026", "Gesamtbetrag: 119,00 EUR", "IBAN: DE89 3704 0044 0532 0130 00"]
    options = {"otherwise": "\n".join(lines), "count_file": None}
    write_pipeline(office.pipelines, "recorded", options, files=ALL)
    draw_page(office.inbox / "a.png", 1)
    outcome = office.run()
    (document,) = outcome.json["documents"]
    assert document["state"] == "filed", outcome
    stem = office.records / document["pdf"].removesuffix(".pdf")
    assert stem.with_name(stem.name + ".txt").read_text(encoding="utf-8").split() == " ".join(lines).split()
    mends = json.loads(stem.with_name(stem.name + ".suche.json").read_text(encoding="utf-8"))
    assert [(mend["page"], mend["before"], mend["after"], mend["rule"]) for mend in mends] == [
        (1, "fiir", "für", "ii_for_u"),
        (1, "StraBe", "Straße", "sharp_s"),
        (1, "$", "§", "dollar_for_paragraph"),
    ]
    searched = stem.with_name(stem.name + ".suche.txt").read_text(encoding="utf-8")
    assert "für die Straße" in searched and "nach § 12 BGB" in searched


def test_the_pipelines_own_language_is_told(office: Office) -> None:
    reading = {
        "engine": "recorded",
        "dpi": 100,
        "languages": ["pol", "deu"],
        "options": {"otherwise": INVOICE},
    }
    write_pipeline(office.pipelines, "recorded", {}, reading=reading, files={"alto": True, "hocr": True})
    draw_page(office.inbox / "a.png", 1)
    (document,) = office.run().json["documents"]
    stem = document["pdf"].removesuffix(".pdf")
    alto = ET.parse(office.records / f"{stem}.alto.xml")
    assert {each.get("LANG") for each in alto.iter() if each.tag.endswith("}TextBlock")} == {"pl"}
    assert ET.parse(office.records / f"{stem}.hocr.html").getroot().get("lang") == "pl"


def test_accepted_documents_have_text_files_too_and_two_runs_write_the_same(
    office: Office, tmp_path: Path
) -> None:
    write_pipeline(
        office.pipelines, "recorded", {"otherwise": "Guten Tag", "count_file": None}, files=ALL
    )  # fmt: skip
    draw_page(office.inbox / "a.png", 1)
    written = []
    for records in (office.records, tmp_path / "again"):
        shared = ("--records", records, "--pipelines", office.pipelines)
        run = office.command(
            "run", office.inbox, "--pipeline", "recorded", "--json", *shared, SOURCE_DATE_EPOCH="1750000000"
        )
        (held,) = run.json["documents"]
        assert held["state"] == "review"
        accepted = office.command(
            "review", "accept", held["id"], "--class", "rechnung", *shared, SOURCE_DATE_EPOCH="1750000000"
        )
        assert accepted.code == 0, accepted
        found = {
            path.name: path.read_bytes()
            for path in records.rglob("*")
            if path.name.endswith(tuple(ENDINGS.values())) and ".dipro" not in path.parts
        }
        assert len(found) == len(ENDINGS)
        assert list((records / ".dipro" / "work").glob("*")) == []
        written.append(found)
    assert written[0] == written[1]
