"""What `inspect` shows."""

from __future__ import annotations

import textwrap
from typing import Any, Final

from dipro_scan.batch.confidence_facts import confidence_json, rereadings_json
from dipro_scan.batch.filing import field_json
from dipro_scan.batch.inspection import InspectedFile, Inspection
from dipro_scan.imaging.explained_words import blank_word
from dipro_scan.model import Box, Code, CodeMeaning, Decision, Document, PageReading
from dipro_scan.report.findings import doubt_sentences, finding_sentences, paper_size
from dipro_scan.report.measurements import measurement_table
from dipro_scan.report.run import sources_text
from dipro_scan.translation import _, number

COLUMNS: Final = 100


def inspection_json(inspection: Inspection) -> dict[str, Any]:
    """The object of contracts §4."""
    return {
        "schema": 1,
        "files": [_file_json(item) for item in inspection.files],
        "documents": [_document_json(document, decision) for document, decision in inspection.documents],
    }


def _file_json(item: InspectedFile) -> dict[str, Any]:
    error = None
    if item.refused is not None:
        error = {"reason": item.refused[0], "message": item.refused[1]}
    return {
        "source": item.source,
        "error": error,
        "pages": [_page_json(page.ref.source_page, page.reading) for page in item.pages],
    }


def _page_json(number: int, reading: PageReading) -> dict[str, Any]:
    mean = reading.text.mean_confidence
    entry: dict[str, Any] = {
        "source_page": number,
        "width_mm": round(reading.geometry.width_mm, 2),
        "height_mm": round(reading.geometry.height_mm, 2),
        "dpi": [round(reading.resolution.x, 2), round(reading.resolution.y, 2)],
        "dpi_origin": reading.resolution_origin,
        "colour": reading.colour,
        "rotation": reading.geometry.rotation,
        "rotation_confidence": round(reading.rotation_confidence, 4),
        "skew": reading.geometry.skew_degrees,
        "blank": reading.blank == "blank",
        "blank_verdict": reading.blank,
        "blank_doubt": reading.blank_doubt,
        "doubts": list(reading.doubts),
        "codes": [{"type": code.type, "text": code.text, "meaning": code.meaning} for code in reading.codes],
        "text": reading.text.text,
        "mean_confidence": None if mean is None else round(mean, 4),
        "confidence": confidence_json(reading.confidence),
        "rereadings": rereadings_json(reading.rereadings),
        "words": sum(1 for _word in reading.text.words()),
        "seconds": reading.seconds,
        "crop_mm": None if reading.crop_mm is None else _box_json(reading.crop_mm),
        "parts_mm": [_box_json(part) for part in reading.parts],
        "paper": _paper_json(reading),
        **_found_json(reading),
        "measurements": {item.name: item.value for item in reading.measurements},
        "measurement_details": {
            item.name: {
                "value": item.value,
                "unit": item.unit,
                "threshold": item.threshold,
                "verdict": item.verdict,
            }
            for item in reading.measurements
        },
        "steps": [step.name for step in reading.steps],
        "visible_text": reading.visible_text,
    }
    if reading.failed is not None:
        entry["reading"] = "failed"
        entry["failed"] = reading.failed
    return entry


def _box_json(box: Box) -> list[float]:
    return [round(edge, 2) for edge in box]


def _paper_json(reading: PageReading) -> dict[str, Any] | None:
    paper = paper_size(reading)
    if paper is None:
        return None
    width, height, name = paper
    return {"width_mm": width, "height_mm": height, "size": name}


def _found_json(reading: PageReading) -> dict[str, Any]:
    return {
        "stamps": [
            {
                "box_mm": _box_json(stamp.box),
                "ink": list(stamp.ink),
                "shape": stamp.shape,
                "angle": stamp.angle_degrees,
                "text": stamp.text,
                "confidence": stamp.confidence,
            }
            for stamp in reading.stamps
        ],
        "marks": [
            {"box_mm": _box_json(mark.box), "ink_share": mark.ink_share, "verdict": mark.verdict}
            for mark in reading.marks
        ],
        "faults": [{"kind": fault.kind, "box_mm": _box_json(fault.box)} for fault in reading.faults],
    }


def _document_json(document: Document, decision: Decision) -> dict[str, Any]:
    found = decision.classification
    return {
        "id": document.id,
        "pages": [
            {"source": page.ref.source, "source_page": page.ref.source_page} for page in document.pages
        ],
        "class": found.class_id,
        "confidence": round(found.confidence, 4),
        "action": decision.action,
        "aktenzeichen": decision.place.aktenzeichen if decision.place else None,
        "reasons": [reason.text for reason in (*found.reasons, *decision.reasons)],
        "fields": {name: field_json(value) for name, value in decision.fields.items()},
    }


def inspection_text(inspection: Inspection) -> str:
    """Of each page a line of facts, its measurements, what was found, doubts; then the documents."""
    lines: list[str] = []
    for item in inspection.files:
        if item.refused is not None:
            lines.append(f"{item.source}: {item.refused[1]}")
        for page in item.pages:
            lines += page_lines(f"{item.source} {page.ref.source_page}", page.reading)
    for document, decision in inspection.documents:
        found = decision.classification
        refs = tuple(page.ref for page in document.pages)
        name = found.class_id or _("no class")
        lines += ["", f"{sources_text(refs)}: {name} ({number(found.confidence, 2)})"]
        lines += [f"  {name}: {value.value}" for name, value in decision.fields.items()]
        lines += [f"  – {reason.text}" for reason in (*found.reasons, *decision.reasons)]
    return "\n".join(lines)


def page_lines(name: str, reading: PageReading) -> list[str]:
    """The page called `name`, in lines of at most 100 columns, a longer name apart."""
    lines = _wrapped(_facts(reading), f"{name}: ", "    ")
    lines += measurement_table(reading.measurements)
    for sentence in finding_sentences(reading):
        lines += _wrapped(sentence, "  ", "    ")
    for sentence in doubt_sentences(reading):
        lines += _wrapped(sentence, "  – ", "    ")
    return lines


def _wrapped(text: str, first: str, following: str) -> list[str]:
    return textwrap.wrap(
        text,
        COLUMNS,
        initial_indent=first,
        subsequent_indent=following,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _facts(reading: PageReading) -> str:
    size = f"{reading.geometry.width_mm:.0f} × {reading.geometry.height_mm:.0f} mm"
    facts = [
        size,
        f"{reading.resolution.x:.0f} dpi",
        {"bitonal": _("black and white"), "gray": _("gray"), "colour": _("colour")}[reading.colour],
        _("turned %(degrees)d°") % {"degrees": reading.geometry.rotation},
        _("skew %(degrees)s°") % {"degrees": number(reading.geometry.skew_degrees, 2)},
        blank_word(reading.blank),
        _("%(count)d words") % {"count": sum(1 for _word in reading.text.words())},
    ]
    mean = reading.text.mean_confidence
    if mean is not None:
        facts.append(_("confidence %(mean)s") % {"mean": number(mean, 2)})
    facts += [_code_text(code) for code in reading.codes]
    if reading.failed:
        facts.append(_("not read: %(why)s") % {"why": reading.failed})
    return ", ".join(facts)


def _code_text(code: Code) -> str:
    if code.meaning is CodeMeaning.SEPARATOR:
        return _("separator (%(type)s)") % {"type": code.type}
    if code.meaning is CodeMeaning.COVER:
        return _("cover sheet (%(type)s)") % {"type": code.type}
    return _("code %(type)s: %(text)s") % {"type": code.type, "text": code.text}
