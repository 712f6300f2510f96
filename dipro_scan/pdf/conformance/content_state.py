"""What a walk through content keeps in mind: operators, graphics state, the stream and its resources."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

from pikepdf import Dictionary, Name

from dipro_scan.pdf.conformance.inspected import dictionary, entry, integer, place
from dipro_scan.pdf.conformance.word_lists import words

OPERATORS: Final = words(
    """
    b B b* B* BDC BI BMC BT BX c cm CS cs d d0 d1 Do DP EI EMC ET EX f F f* G g gs h i ID j J K k l m M MP n q
    Q re RG rg ri s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y '
    """
) | {'"'}
FILLS: Final = frozenset({"f", "F", "f*", "B", "B*", "b", "b*"})
STROKES: Final = frozenset({"s", "S", "B", "B*", "b", "b*"})
TEXT_SHOWS: Final = frozenset({"Tj", "TJ", "'", '"'})
DEVICE_COLOURS: Final = {"g": "/DeviceGray", "rg": "/DeviceRGB", "k": "/DeviceCMYK"}
FILLED_TEXT: Final = (0, 2, 4, 6)
STROKED_TEXT: Final = (1, 2, 5, 6)
INVISIBLE_TEXT: Final = 3
DEEPEST_STATES: Final = 28
"""ISO 19005-2, 6.1.13."""

DEEPEST_FORMS: Final = 30
_DEEPEST_TREE: Final = 50


@dataclass(frozen=True, slots=True)
class State:
    """What of the graphics state matters for conformance.

    Colour spaces are names or arrays; None is the one that every content begins with, DeviceGray.
    """

    fill: Any = None
    stroke: Any = None
    font: Dictionary | None = None
    render_mode: int = 0
    overprints_fill: bool = False
    overprints_stroke: bool = False
    overprint_mode: int = 0

    @property
    def fill_space(self) -> Any:
        return Name.DeviceGray if self.fill is None else self.fill

    @property
    def stroke_space(self) -> Any:
        return Name.DeviceGray if self.stroke is None else self.stroke

    def key(self) -> tuple[str, ...]:
        """Equal for states in which the same content gets the same verdict."""
        overprint = f"{self.overprints_fill} {self.overprints_stroke} {self.overprint_mode}"
        return (str(self.fill), str(self.stroke), place(self.font), str(self.render_mode), overprint)

    def overprinting(self, parameters: Dictionary) -> State:
        """With the overprint of a graphics state dictionary; OP counts for fills too, unless op is there.

        ISO 32000-1, table 58.
        """
        stroke = entry(parameters, "/OP")
        fill = entry(parameters, "/op")
        mode = integer(parameters, "/OPM")
        fill = stroke if fill is None else fill
        return replace(
            self,
            overprints_fill=self.overprints_fill if fill is None else fill is True,
            overprints_stroke=self.overprints_stroke if stroke is None else stroke is True,
            overprint_mode=self.overprint_mode if mode is None else mode,
        )


@dataclass(slots=True)
class Content:
    """One content stream being walked: its own resources, and those around it, which it must not need."""

    resources: Any
    outer: Any
    where: str
    depth: int
    stack: list[State] = field(default_factory=list)


def inherited_resources(page: Dictionary) -> Any:
    """Resources that only the page tree gives to a page."""
    node: Any = entry(page, "/Parent")
    for _step in range(_DEEPEST_TREE):
        resources = dictionary(node, "/Resources")
        if resources is not None or not isinstance(node, Dictionary):
            return resources
        node = entry(node, "/Parent")
    return None
