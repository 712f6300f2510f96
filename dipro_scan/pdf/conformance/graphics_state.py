"""Graphics state dictionaries and halftones (ISO 19005-2, 6.2.5, 6.2.6 and 6.2.10)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from pikepdf import Array, Dictionary, Stream

from dipro_scan.pdf.conformance.findings import Findings
from dipro_scan.pdf.conformance.inspected import entry, has, integer, members, name, name_text
from dipro_scan.pdf.conformance.word_lists import words
from dipro_scan.translation import _

RENDERING_INTENTS: Final = frozenset(
    ["RelativeColorimetric", "AbsoluteColorimetric", "Perceptual", "Saturation"]
)
BLEND_MODES: Final = words(
    """
    Normal Compatible Multiply Screen Overlay Darken Lighten ColorDodge ColorBurn HardLight SoftLight
    Difference Exclusion Hue Saturation Color Luminosity
    """
)
_PRIMARY_COLORANTS: Final = frozenset({"Cyan", "Magenta", "Yellow", "Black"})
_NOT_COLORANTS: Final = frozenset({"Type", "HalftoneType", "HalftoneName", "Default"})


def check_graphics_state(findings: Findings, state: Dictionary, where: str) -> None:
    if has(state, "/TR"):
        findings.add("6.2.5", where, _("A graphics state has a transfer function (TR)."))
    if has(state, "/TR2") and name(state, "/TR2") != "Default":
        findings.add("6.2.5", where, _("A graphics state has a transfer function (TR2)."))
    if has(state, "/HTP"):
        findings.add("6.2.5", where, _("A graphics state has a halftone phase (HTP)."))
    check_rendering_intent(findings, entry(state, "/RI"), where)
    for mode in _blend_modes(state):
        if mode not in BLEND_MODES:
            findings.add("6.2.10", where, _("The blend mode %(mode)s is not defined.") % {"mode": mode})
    halftone = entry(state, "/HT")
    if isinstance(halftone, (Dictionary, Stream)):
        _check_halftone(findings, halftone, None, where)


def check_rendering_intent(findings: Findings, intent: Any, where: str) -> None:
    label = name_text(intent)
    if label is not None and label not in RENDERING_INTENTS:
        findings.add("6.2.6", where, _("The rendering intent %(intent)s is not defined.") % {"intent": label})


def is_transparent(state: Dictionary) -> bool:
    """Whether painting with this state needs blending."""
    alphas = [entry(state, key) for key in ("/ca", "/CA")]
    return (
        any(isinstance(alpha, (int, Decimal)) and alpha < 1 for alpha in alphas)
        or any(mode not in ("Normal", "Compatible") for mode in _blend_modes(state))
        or isinstance(entry(state, "/SMask"), Dictionary)
    )


def _blend_modes(state: Dictionary) -> list[str | None]:
    mode = entry(state, "/BM")
    if mode is None:
        return []
    return [name_text(value) for value in mode] if isinstance(mode, Array) else [name_text(mode)]


def _check_halftone(
    findings: Findings, halftone: Dictionary | Stream, colorant: str | None, where: str
) -> None:
    kind = integer(halftone, "/HalftoneType")
    if kind not in (1, 5):
        findings.add("6.2.5", where, _("A halftone has another type than 1 or 5."))
    if has(halftone, "/HalftoneName"):
        findings.add("6.2.5", where, _("A halftone has a name (HalftoneName)."))
    is_primary = colorant is None or colorant in _PRIMARY_COLORANTS
    if colorant != "Default" and has(halftone, "/TransferFunction") == is_primary:
        findings.add(
            "6.2.5", where, _("A halftone's transfer function stands where none may, or is missing.")
        )
    if kind == 5:
        for key, value in members(halftone):
            if key not in _NOT_COLORANTS and isinstance(value, (Dictionary, Stream)):
                _check_halftone(findings, value, key, where)
