"""The parts of a Transfervermerk that tell what was done and what was noticed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from dipro_scan import __version__
from dipro_scan.model import Decision, Document, EngineIdentity, PageReading, PageRef, ProcessingStep
from dipro_scan.translation import _

Scalar = float | int | str | bool

# Names of the steps that have a name in the field; others appear under their own.
_STEP_NAMES: Final = {
    "rotate": "GEDREHT",
    "deskew": "SCHRAEGLAGE_KORRIGIERT",
    "compress_image": "BILD_KOMPRIMIERT",
    "crop": "RAND_BESCHNITTEN",
    "split_spread": "DOPPELSEITE_GETEILT",
    "recode": "NEU_KODIERT",
    "convert_colour": "FARBRAUM_GEWANDELT",
    "reduce_depth": "FARBTIEFE_VERRINGERT",
    "flatten_transparency": "TRANSPARENZ_ENTFERNT",
}

CUT_DOUBTS: Final = ("ink_cut_off_top", "ink_cut_off_right", "ink_cut_off_bottom", "ink_cut_off_left")


def processing_steps(document: Document, decision: Decision, blanks: int) -> list[dict[str, Any]]:
    """What manipulated, added or removed images, assembled the document or set its index data.

    One entry per kind of step, in the order of the work, without its time; `attribute` counts the
    images and gives each parameter's value, or its range over them.
    """
    steps = [_image_step(name, found) for name, found in _archive_steps(document).items()]
    steps += [_reading_step(engine, count) for engine, count in _engines(document)]
    if blanks:
        steps.append(_step("LEERSEITE_ENTFERNT", {"abbilder": blanks}, noticed=True))
    steps.append(
        _step(
            "DOKUMENT_GEBILDET",
            {"abbilder": len(document.pages), "gruende": sorted({reason.code for reason in document.why})},
        )
    )
    steps.append(_step("INDEXIERT", {"felder": len(decision.fields), "vorgang": decision.action.value}))
    return steps


def conspicuities(readings: Sequence[PageReading], blanks: Sequence[PageRef]) -> list[dict[str, Any]]:
    """Auffälligkeiten: `seite` is the image within the document, from 1; None outside it."""
    noticed = []
    for number, reading in enumerate(readings, start=1):
        for code, text in _noticed(reading):
            noticed.append({"code": code, "seite": number, "text": text})
    for ref in blanks:
        text = _("Page %(page)d of %(source)s is blank; it was set aside and kept.") % {
            "page": ref.source_page,
            "source": ref.source,
        }
        noticed.append({"code": "LEERSEITE_ENTFERNT", "seite": None, "text": text})
    return noticed


def _noticed(reading: PageReading) -> list[tuple[str, str]]:
    known = {
        "low_confidence": ("OCR_UNSICHER", _("The text was read with little confidence.")),
        "low_confidence_region": (
            "OCR_UNSICHER",
            _("The text of a part of the page was read with little confidence."),
        ),
        "fraktur_unread": ("FRAKTUR", _("Old print (Fraktur) was read with data for modern print.")),
        "orientation_unsure": ("AUSRICHTUNG_UNSICHER", _("Which way is up could not be told for sure.")),
        "skew_unsure": ("SCHRAEGLAGE_UNSICHER", _("The page's skew could not be told for sure.")),
        "skew_out_of_range": ("SCHRAEGLAGE_UNSICHER", _("The page lies askew by more than is corrected.")),
        "truncated": ("BESCHAEDIGT", _("The image's data end before the page does.")),
        "symbol_coding": (
            "SYMBOLCODIERUNG",
            _("The image came with symbol coding, which may have exchanged characters."),
        ),
        "blank_doubtful": ("LEERSEITE_ZWEIFELHAFT", _("The page may be blank; it was kept.")),
        **dict.fromkeys(CUT_DOUBTS, ("UNVOLLSTAENDIG", _("Writing is cut off at the edge of the scan."))),
    }
    found = [
        known.get(doubt) or (doubt.upper(), _("A doubt arose while reading: %(doubt)s.") % {"doubt": doubt})
        for doubt in reading.doubts
    ]
    found += _measured_flaws(reading)
    if reading.failed is not None:
        found.append(("SCHLECHT_LESBAR", _("The page could not be read by machine.")))
    return list(dict.fromkeys(found))


def _measured_flaws(reading: PageReading) -> list[tuple[str, str]]:
    """What measurements beyond their thresholds tell an auditor about the likeness with the paper."""
    telling = {
        "colour_share": ("FARBVERLUST", _("The paper shows colour, and the image was kept without it.")),
        "vertical_streaks": ("SCANNERSTREIFEN", _("Dirt on the scanner's glass drew lines down the page.")),
        "length_against_neighbours": (
            "LAENGE_ABWEICHEND",
            _("The page is longer or shorter than those around it."),
        ),
    }
    return [
        telling[item.name]
        for item in reading.measurements
        if item.name in telling and item.verdict == "notable"
    ]


def _archive_steps(document: Document) -> dict[str, list[ProcessingStep]]:
    found: dict[str, list[ProcessingStep]] = {}
    for page in document.pages:
        for step in page.reading.steps:
            if step.archive:
                found.setdefault(step.name, []).append(step)
    return found


def _image_step(name: str, found: list[ProcessingStep]) -> dict[str, Any]:
    names = sorted({parameter for step in found for parameter in step.parameters})
    parameters = {
        parameter: _summary([step.parameters[parameter] for step in found if parameter in step.parameters])
        for parameter in names
    }
    attribute = {"schritt": name, "abbilder": len(found), "parameter": parameters}
    return _step(_STEP_NAMES.get(name, name.upper()), attribute, noticed=name == "truncated")


def _summary(values: list[Scalar]) -> Any:
    """One value that all share, else the range of numbers, else every value."""
    if all(value == values[0] for value in values):
        return values[0]
    numbers = [value for value in values if isinstance(value, int | float)]
    if len(numbers) == len(values):
        return {"min": min(numbers), "max": max(numbers)}
    return sorted({str(value) for value in values})


def _engines(document: Document) -> list[tuple[EngineIdentity, int]]:
    """Each engine that read pages of the document, and how many."""
    counted: list[tuple[EngineIdentity, int]] = []
    for page in document.pages:
        engine = page.reading.engine
        if engine is None:
            continue
        for position, (known, count) in enumerate(counted):
            if known == engine:
                counted[position] = (known, count + 1)
                break
        else:
            counted.append((engine, 1))
    return counted


def _reading_step(engine: EngineIdentity, count: int) -> dict[str, Any]:
    attribute = {
        "abbilder": count,
        "engine": engine.name,
        "version": engine.version,
        "modelle": dict(sorted(engine.models.items())),
        "for_tests": engine.for_tests,
    }
    return _step("TEXTERKENNUNG", attribute)


def _step(name: str, attribute: dict[str, Any], *, noticed: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "zeitpunkt": None,
        "durchfuehrung": "automatisch",
        "it_system": f"dipro_scan {__version__}",
        "attribute": attribute,
        "auffaelligkeit": noticed,
    }
