"""How records show their pages: small where class and guard allow it, as scanned elsewhere, and why."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
import yaml
from system_office import Office

ROOT = Path(__file__).parents[2]
DAY = "1767225600"


def pipeline(office: Office, **images: Any) -> None:
    shipped = yaml.safe_load((ROOT / "pipelines" / "posteingang.yaml").read_text(encoding="utf-8"))
    own = {**shipped, "name": "bilder", "images": images}
    (office.pipelines / "bilder.yaml").write_text(yaml.safe_dump(own), encoding="utf-8")


def run(office: Office, *samples: str, records: Path | None = None) -> list[dict[str, Any]]:
    shared = ["--records", str(records or office.records), "--pipelines", str(office.pipelines)]
    names = [ROOT / "samples" / name for name in samples]
    outcome = office.command("run", *names, "--pipeline", "bilder", "--json", *shared, SOURCE_DATE_EPOCH=DAY)
    assert outcome.code in (0, 3), outcome
    return list(outcome.json["documents"])


def metadata_of(office: Office, document: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((office.records / document["metadata"]).read_text(encoding="utf-8"))
    return content


def filters(path: Path) -> list[str]:
    with pikepdf.open(path) as pdf:
        images = [image for page in pdf.pages for image in page.Resources.XObject.values()]
        return [str(image.Filter) for image in images]


def test_a_letter_of_a_normal_class_is_small_and_says_what_was_done(office: Office) -> None:
    pipeline(office)
    (document,) = run(office, "rechnung.jpg")
    pdf = office.records / document["pdf"]
    assert pdf.stat().st_size < 0.25 * (ROOT / "samples" / "rechnung.jpg").stat().st_size
    assert filters(pdf) == ["/DCTDecode", "/FlateDecode"]
    metadata = metadata_of(office, document)
    (page,) = metadata["pages"]
    assert page["image"] == {"stored": "compact", "why": "saves"}
    steps = {
        step["name"]: step["attribute"].get("parameter")
        for step in metadata["transfer_note"]["prozessschritte"]
    }
    assert steps["BILD_KOMPRIMIERT"]["kind"] == "compact"
    assert steps["BILD_KOMPRIMIERT"]["bytes_after"] < steps["BILD_KOMPRIMIERT"]["bytes_before"]
    told = {each["name"]: each["verdict"] for each in page["measurements"]}
    assert {name for name in told if name.startswith("fidelity_")} and told["fidelity_ink_lost"] == "ok"
    assert office.command("verify", *office.shared).code == 0
    with pypdfium2.PdfDocument(pdf) as shown:
        text = shown[0].get_textpage().get_text_range()
        pixels = shown[0].render(scale=1).to_numpy()
    assert "Rechnung" in text
    assert 0.01 < float((pixels.min(axis=2) < 128).mean()) < 0.2
    assert float(np.median(pixels)) > 200


@pytest.mark.parametrize(
    ("sample", "images", "why"),
    [
        ("geburtsurkunde.jpg", {}, "schutzbedarf_integritaet"),
        ("rechnung.jpg", {"mode": "original"}, "as_scanned"),
        ("rechnung.jpg", {"fidelity": {"min_similarity": 1.0}}, "guard"),
        ("hundesteuer.tif", {}, "as_scanned"),
    ],
)
def test_elsewhere_the_record_shows_the_scan_s_own_image(
    office: Office, sample: str, images: dict[str, Any], why: str
) -> None:
    pipeline(office, **images)
    (document,) = run(office, sample)
    metadata = json.loads(
        (office.records / (document["metadata"] or document["pdf"].replace("preview.pdf", "case.json")))
        .read_text(encoding="utf-8")
    )  # fmt: skip
    page = (metadata.get("metadata") or metadata)["pages"][0]
    assert page["image"] == {"stored": "original", "why": why}
    if sample.endswith(".jpg"):
        with pikepdf.open(office.records / document["pdf"]) as pdf:
            (image,) = pdf.pages[0].Resources.XObject.values()
            assert image.read_raw_bytes() == (ROOT / "samples" / sample).read_bytes()


def test_two_stores_get_the_same_bytes_and_a_lost_image_is_made_again(office: Office, tmp_path: Path) -> None:
    pipeline(office)
    (first,) = run(office, "rechnung.jpg")
    other = tmp_path / "other"
    (second,) = run(office, "rechnung.jpg", records=other)
    assert (office.records / first["pdf"]).read_bytes() == (other / second["pdf"]).read_bytes()
    shutil.rmtree(other)
    (before,) = run(office, "widerspruch.pdf")
    assert before["state"] == "review"
    for image in (office.records / ".dipro" / "cache").rglob("*.s*"):
        image.unlink()
    accepted = office.command(
        "review", "accept", before["id"][:12], "--class", "allgemeines_schreiben", *office.shared
    )
    assert accepted.code == 0, accepted
