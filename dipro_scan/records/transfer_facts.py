"""The Transfervermerk (D4): what was done to turn this paper into this record.

Contents follow BSI TR-03138 V1.5, A.NB.4 (a–f); the parts and their order follow the DRV model of a
Transfervermerk, widened. Keys are German because the field has them only in German. What is not known
is null and is never guessed; nothing here names class or Aktenzeichen, because the note is written into
the PDF, which never changes, and those may be corrected.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from dipro_scan.model import (
    Batch,
    Colour,
    Decision,
    Document,
    PageReading,
    PageRef,
    ProtectionNeed,
    ReadPage,
    Source,
    raised,
)
from dipro_scan.records.transfer_steps import conspicuities, processing_steps
from dipro_scan.settings import DocumentClass, Site
from dipro_scan.translation import _

TRANSFER_NOTE_SCHEMA: Final = 1
_NOTES: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:dipro_scan:transfervermerk")
_COLOURS: Final = {Colour.BITONAL: "schwarzweiss", Colour.GRAY: "graustufen", Colour.COLOUR: "farbe"}


@dataclass(frozen=True, slots=True)
class TransferFacts:
    """Everything that a Transfervermerk is made from.

    `batch_pages` is the number of pages in the batch and `position` the document's first and last page
    among them, from 1. `operator` is a pseudonym that the operators' file resolves. `set_aside_blank`
    are blank pages taken out of the document's sources. `software` is (name, version, SHA-256 or None).
    `times`, aware, may hold `erstellt`, `stapel`, `scan_beginn`, `scan_ende`, `import`, `ocr`, `qs` and
    `siegel`; what is missing is unknown. `settings_sha256` proves the settings of the procedure.
    """

    document: Document
    batch: Batch
    batch_pages: int
    position: tuple[int, int]
    operator: str | None
    station: str | None
    site: Site
    document_class: DocumentClass | None
    sources: tuple[Source, ...]
    decision: Decision
    settings_sha256: str
    set_aside_blank: tuple[PageRef, ...] = ()
    software: tuple[tuple[str, str, str | None], ...] = ()
    times: dict[str, dt.datetime | None] = field(default_factory=dict)

    @property
    def readings(self) -> tuple[PageReading, ...]:
        return tuple(page.reading for page in self.document.pages)

    def time(self, name: str) -> str | None:
        """A time as ISO 8601, UTC; None where it is unknown."""
        value = self.times.get(name)
        return value.astimezone(dt.UTC).isoformat(timespec="seconds") if value is not None else None


def transfer_note(facts: TransferFacts) -> dict[str, Any]:
    """The Transfervermerk of one document as of filing, ready for JSON.

    Clock times stand only under `erstellt`, `zeitpunkte` and the steps' `zeitpunkt`.
    """
    return {
        "schema": TRANSFER_NOTE_SCHEMA,
        "tv_id": str(uuid.uuid5(_NOTES, facts.document.id)),
        "tv_schema": f"dipro_scan/{TRANSFER_NOTE_SCHEMA}",
        "erstellt": facts.time("erstellt"),
        "for_tests": any(reading.engine.for_tests for reading in facts.readings if reading.engine),
        "ersteller": {"pseudonym": facts.operator, "rolle": None},
        "organisation": _organisation(facts.site),
        "auftraggeber": None,
        "scansystem": _scan_system(facts),
        "verfahren": _procedure(facts),
        "stapel": {
            "id": facts.batch.id,
            "erstellt": facts.time("stapel"),
            "anzahl_abbilder": facts.batch_pages,
        },
        "position": {
            "von": facts.position[0],
            "bis": facts.position[1],
            "gesamt": facts.batch_pages,
            "text": _("Image %(first)d to %(last)d of %(all)d")
            % {"first": facts.position[0], "last": facts.position[1], "all": facts.batch_pages},
        },
        "seiten": _pages(facts),
        "zeitpunkte": {
            name: facts.time(name) for name in ("scan_beginn", "scan_ende", "import", "ocr", "qs", "siegel")
        },
        "profil": _profile(facts.readings),
        "prozessschritte": [
            {**step, "zeitpunkt": facts.time("ocr" if step["name"] == "TEXTERKENNUNG" else "erstellt")}
            for step in processing_steps(facts.document, facts.decision, len(facts.set_aside_blank))
        ],
        "auffaelligkeiten": conspicuities(facts.readings, facts.set_aside_blank),
        "qualitaetssicherung": dict.fromkeys(
            (
                *("art", "quote", "seed", "person", "ergebnis", "vollstaendig"),
                *("lesbar", "bildlich", "inhaltlich", "bemerkung"),
            )
        ),
        "erklaerung": _statement(facts.document.pages),
        "original": dict.fromkeys(("verbleib", "vernichtung_fruehestens", "freigabe_von", "vernichtet_am")),
        "schutzbedarf": _protection(facts.document_class, facts.decision.protection),
        "hashes": _hashes(facts),
    }


def _organisation(site: Site) -> dict[str, Any]:
    organisation = site.organisation
    return {
        "traeger": organisation.name,
        "einheit": organisation.unit,
        "strasse": organisation.street,
        "plz": organisation.postal_code,
        "ort": organisation.town,
    }


def _scan_system(facts: TransferFacts) -> dict[str, Any]:
    return {
        "scanner": dict.fromkeys(("hersteller", "modell", "inventarnr", "serial")),
        "arbeitsplatz": facts.station,
        "software": [
            {"name": name, "version": version, "sha256": sha256} for name, version, sha256 in facts.software
        ],
    }


def _procedure(facts: TransferFacts) -> dict[str, Any]:
    procedure = facts.site.procedure
    return {
        "bezeichnung": procedure.name,
        "auspraegung": procedure.variant,
        "version": procedure.version,
        "stand": procedure.date.isoformat() if procedure.date else None,
        "sha256": facts.settings_sha256,
    }


def _pages(facts: TransferFacts) -> dict[str, Any]:
    blanks = [{"quelle": ref.source, "seite": ref.source_page} for ref in facts.set_aside_blank]
    turned = [
        {"abbild": number, "grad": reading.geometry.rotation}
        for number, reading in enumerate(facts.readings, start=1)
        if reading.geometry.rotation
    ]
    return {
        "erwartet": None,
        "gescannt": len(facts.readings) + len(blanks),
        "ausgegeben": len(facts.readings),
        "leer_entfernt": blanks,
        "gedreht": turned,
        "rescans": [],
    }


def _profile(readings: tuple[PageReading, ...]) -> dict[str, Any]:
    """What the images themselves show of how they were scanned; None where they differ or do not tell."""
    colours = {reading.colour for reading in readings}
    dpi = _only(
        (round(reading.resolution.x), round(reading.resolution.y))
        for reading in readings
        if reading.resolution_origin == "file"
    )
    all_told = all(reading.resolution_origin == "file" for reading in readings)
    return {
        "dpi": list(dpi) if dpi and all_told else None,
        "farbe": _COLOURS[next(iter(colours))] if len(colours) == 1 else "gemischt" if colours else None,
        "bit": 1 if colours == {Colour.BITONAL} else None,
        "duplex": None,
        "kompression": None,
    }


def _only(values: Iterable[tuple[int, int]]) -> tuple[int, int] | None:
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _statement(pages: tuple[ReadPage, ...]) -> str:
    """A.NB.4 f: what may be claimed of the match with the paper, and by whom it was checked: nobody yet.

    A match in appearance needs the colour of the original (TR-03138 FAQ 4.3, 5.3), so it is claimed for
    images in colour only, and not where the record shows them in black and white.
    """
    if pages and all(page.reading.colour is Colour.COLOUR and page.stored != "bitonal" for page in pages):
        match = _(
            "This scan product is meant to match the paper in appearance and content (bildlich und"
            " inhaltlich); the images were kept in colour."
        )
    else:
        match = _(
            "This scan product is meant to match the paper in content (inhaltlich); the images hold no colour"
            " or not on every page, so a match in appearance (bildlich) is not claimed."
        )
    check = _("It was made and checked by machine; no person has compared it with the paper yet.")
    return f"{match} {check}"


def _protection(document_class: DocumentClass | None, asked: ProtectionNeed | None) -> dict[str, str | None]:
    """That of the class; what was asked for this paper above it holds for all three."""
    if document_class is None:
        return dict.fromkeys(("integritaet", "vertraulichkeit", "verfuegbarkeit"))
    need = document_class.schutzbedarf
    return {
        "integritaet": raised(need.integritaet, asked),
        "vertraulichkeit": raised(need.vertraulichkeit, asked),
        "verfuegbarkeit": raised(need.verfuegbarkeit, asked),
    }


def _hashes(facts: TransferFacts) -> dict[str, Any]:
    """`ocr_text_sha256` is that of the pages' plain text in UTF-8, with a form feed between pages."""
    text = "\f".join(reading.text.text for reading in facts.readings)
    return {
        "roh": [{"quelle": source.name, "sha256": source.sha256} for source in facts.sources],
        "scanprodukt_sha256_ohne_tv": None,
        "ocr_text_sha256": hashlib.sha256(text.encode()).hexdigest() if text.strip() else None,
    }
