"""The measurements of a page as a table for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from dipro_scan.model import Measurement
from dipro_scan.translation import _, number

LEAST: Final = frozenset(
    {"resolution", "effective_dpi", "contrast", "ink_share", "largest_component", "similarity"}
)
"""Measurements whose threshold is the least value that passes; of all others it is the largest."""

EITHER_WAY: Final = frozenset({"skew", "length_against_neighbours"})
"""Measurements that have a sign, and whose threshold holds both ways."""

OTHER: Final = frozenset({"colour_share"})
"""Measurements whose threshold alone does not tell the verdict: colour is noticed where it is not kept."""

DIGITS: Final = {"dpi": 0, "count": 0, "mm": 2, "mm²": 2, "degrees": 2, "1": 2, "gray levels": 1}
"""Decimals by unit; of a share, those of its percentage."""

MAX_NAME: Final = 44
INDENT: Final = "  "
GAP: Final = "  "


class _Row(NamedTuple):
    name: str
    value: str
    unit: str
    threshold: str
    verdict: str


def measurement_table(measurements: Sequence[Measurement]) -> list[str]:
    """The lines of the table, its head first; none where nothing was measured. At most 100 columns wide."""
    if not measurements:
        return []
    head = _Row(_("measurement"), _("value"), _("unit"), _("threshold"), _("verdict"))
    rows = [head, *(_row(item) for item in measurements)]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [_line(row, widths) for row in rows]


def _line(row: _Row, widths: Sequence[int]) -> str:
    name, value, unit, threshold, verdict = widths
    cells = (
        row.name.ljust(name),
        row.value.rjust(value),
        row.unit.ljust(unit),
        row.threshold.rjust(threshold),
        row.verdict.ljust(verdict),
    )
    return (INDENT + GAP.join(cells)).rstrip()


def _row(item: Measurement) -> _Row:
    verdict = {"ok": _("ok"), "notable": _("noticed"), "none": "–"}[item.verdict]
    name = measurement_name(item.name)
    shown = name if len(name) <= MAX_NAME else name[: MAX_NAME - 1] + "…"
    return _Row(shown, _value(item, item.value), _unit(item.unit), _threshold(item), verdict)


def _value(item: Measurement, value: float) -> str:
    digits = DIGITS.get(item.unit, 2)
    if item.name.startswith("paper_"):
        digits = 1
    return number(100 * value if item.unit == "1" else value, digits)


def _threshold(item: Measurement) -> str:
    if item.threshold is None:
        return "–"
    limit = _value(item, item.threshold)
    if item.name in OTHER:
        return limit
    sign = "±" if item.name in EITHER_WAY else "≥" if item.name in LEAST else "≤"
    return f"{sign} {limit}"


def _unit(unit: str) -> str:
    known = {"1": "%", "count": "", "degrees": "°", "gray levels": _("gray levels"), "share": ""}
    return known.get(unit, unit)


def measurement_name(name: str) -> str:
    """What a measurement is called by people; an unknown one is called by its id."""
    known = {
        "resolution": _("resolution of the scan"),
        "effective_dpi": _("resolution of what is seen on it"),
        "skew": _("skew"),
        "sharpness": _("sharpness (width of an edge)"),
        "contrast": _("contrast of the print"),
        "noise": _("noise"),
        "clipped_black": _("pure black"),
        "clipped_white": _("pure white"),
        "colour_share": _("coloured area"),
        "bleed_through": _("shining through from the other side"),
        "ink_share": _("ink on the page"),
        "largest_component": _("largest piece of ink"),
        "vertical_streaks": _("streaks of dirt on the glass"),
        "vertical_streak_share": _("width of these streaks"),
        "ink_cut_off": _("letters cut off at an edge"),
        "length_against_neighbours": _("longer (+) or shorter (-) than neighbours"),
        "paper_width": _("width of the paper"),
        "paper_height": _("height of the paper"),
    }
    return known.get(name, name)
