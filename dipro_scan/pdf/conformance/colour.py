"""Colour: the output intent, and every colour space used (ISO 19005-2, 6.2.3 and 6.2.4)."""

from __future__ import annotations

from typing import Any, Final

from pikepdf import Array, Dictionary, Name, Stream

from dipro_scan.pdf.conformance.inspected import (
    Inspected,
    decoded,
    dictionary,
    entry,
    has,
    integer,
    items,
    members,
    name,
    name_text,
    place,
    stream,
)
from dipro_scan.pdf.conformance.profiles import COMPONENTS, profile_header
from dipro_scan.translation import _

_OUTPUT_CLASSES: Final = ("prtr", "mntr")
_OUTPUT_SPACES: Final = ("RGB ", "CMYK", "GRAY")
_SOURCE_CLASSES: Final = ("prtr", "mntr", "scnr", "spac")
_DEVICE: Final = {"DeviceGray": "GRAY", "DeviceRGB": "RGB ", "DeviceCMYK": "CMYK"}
_SHORT: Final = {"G": "DeviceGray", "RGB": "DeviceRGB", "CMYK": "DeviceCMYK", "I": "Indexed"}
_DEFAULTS: Final = {"DeviceGray": "/DefaultGray", "DeviceRGB": "/DefaultRGB", "DeviceCMYK": "/DefaultCMYK"}
_PROCESS_COLOURS: Final = frozenset({"Cyan", "Magenta", "Yellow", "Black", "None"})
_MOST_COLORANTS: Final = 32
_DEEPEST: Final = 8


def check_output_intents(inspected: Inspected) -> None:
    findings = inspected.findings
    profiles: set[tuple[int, int]] = set()
    intents = [
        value for value in items(inspected.catalogue, "/OutputIntents") if isinstance(value, Dictionary)
    ]
    for intent in intents:
        where = place(intent, "OutputIntents")
        if name(intent, "/S") == "GTS_PDFX" and has(intent, "/DestOutputProfileRef"):
            findings.add("6.2.3", where, _("The output intent refers to a profile outside the file."))
        profile = stream(intent, "/DestOutputProfile")
        if profile is None:
            continue
        profiles.add(profile.objgen)
        header = profile_header(profile)
        if (
            header is None
            or header.device_class not in _OUTPUT_CLASSES
            or header.colour_space not in _OUTPUT_SPACES
            or header.major_version >= 5
        ):
            findings.add(
                "6.2.3", where, _("The profile of the output intent is not an allowed output profile.")
            )
    if len(profiles) > 1:
        findings.add("6.2.3", "OutputIntents", _("The output intents name different profiles."))


def output_colour_space(inspected: Inspected) -> str | None:
    """`RGB `, `CMYK` or `GRAY` of the PDF/A output intent; None where there is none."""
    for intent in items(inspected.catalogue, "/OutputIntents"):
        profile = stream(intent, "/DestOutputProfile")
        if name(intent, "/S") == "GTS_PDFA1" and profile is not None:
            header = profile_header(profile)
            if header is not None:
                return header.colour_space
    return None


class ColourCheck:
    """Judges colour spaces as they are used; remembers Separations, which must agree throughout the file."""

    def __init__(self, inspected: Inspected) -> None:
        self._findings = inspected.findings
        self._output = output_colour_space(inspected)
        self._separations: dict[str, tuple[str, str]] = {}
        self._judged_profiles: set[Any] = set()

    @property
    def has_output_intent(self) -> bool:
        return self._output is not None

    def check(self, space: Any, resources: Any, where: str, depth: int = 0) -> None:
        """`space` is a name or an array; names are looked up in `resources`."""
        if depth > _DEEPEST:
            return
        if isinstance(space, Name):
            self._check_name(name_text(space) or "", resources, where, depth)
        elif isinstance(space, Array) and len(space) > 0:
            self._check_family(space, resources, where, depth)

    def check_overprint(self, space: Any, where: str) -> None:
        """Of a colour painted in overprint mode 1 (ISO 19005-2, 6.2.4.2)."""
        is_profile = isinstance(space, Array) and len(space) > 1 and name_text(space[0]) == "ICCBased"
        if is_profile and integer(space[1], "/N") == COMPONENTS["CMYK"]:
            self._findings.add(
                "6.2.4.2", where, _("A CMYK colour of an ICC profile overprints others in overprint mode 1.")
            )

    def _check_name(self, label: str, resources: Any, where: str, depth: int) -> None:
        spaces = dictionary(resources, "/ColorSpace")
        label = _SHORT.get(label, label)
        if label in _DEVICE:
            default = entry(spaces, _DEFAULTS[label])
            if default is not None:
                self.check(default, None, where, depth + 1)
            else:
                self._check_device(label, where)
        elif label != "Pattern":
            self.check(entry(spaces, "/" + label), resources, where, depth + 1)

    def _check_device(self, label: str, where: str) -> None:
        needed = _DEVICE[label]
        if self._output is None or (needed != "GRAY" and self._output != needed):
            self._findings.add(
                "6.2.4.3", where, _("%(space)s is used, and no output intent defines it.") % {"space": label}
            )

    def _check_family(self, space: Array, resources: Any, where: str, depth: int) -> None:
        family = name_text(space[0]) or ""
        family = _SHORT.get(family, family)
        if len(space) == 1:
            self._check_name(family, resources, where, depth)
        elif family == "ICCBased":
            self._check_profile(space[1], where)
        elif family in ("Indexed", "Pattern"):
            self.check(space[1], resources, where, depth + 1)
        elif family == "Separation" and len(space) >= 4:
            self._check_separation(space, where)
            self.check(space[2], resources, where, depth + 1)
        elif family == "DeviceN" and len(space) >= 4:
            self._check_colorants(space, where)
            self.check(space[2], resources, where, depth + 1)

    def _check_profile(self, profile: Any, where: str) -> None:
        key = getattr(profile, "objgen", None)
        if key in self._judged_profiles:
            return
        self._judged_profiles.add(key)
        header = profile_header(profile) if isinstance(profile, Stream) else None
        if (
            header is None
            or header.device_class not in _SOURCE_CLASSES
            or header.colour_space not in COMPONENTS
            or header.major_version >= 5
        ):
            self._findings.add("6.2.4.2", where, _("An ICC profile is not one that PDF/A-2 allows."))
        elif integer(profile, "/N") != COMPONENTS[header.colour_space]:
            self._findings.add(
                "6.2.4.2", where, _("An ICC profile has another number of components than stated.")
            )

    def _check_separation(self, space: Array, where: str) -> None:
        label = name_text(space[1]) or ""
        meaning = (_canonical(space[2]), _canonical(space[3]))
        if self._separations.setdefault(label, meaning) != meaning:
            self._findings.add(
                "6.2.4.4",
                where,
                _("The spot colour %(colour)s is defined in two ways.") % {"colour": label},
            )

    def _check_colorants(self, space: Array, where: str) -> None:
        names = [name_text(value) or "" for value in space[1]] if isinstance(space[1], Array) else []
        if len(names) > _MOST_COLORANTS:
            self._findings.add("6.1.13", where, _("A colour space has more than 32 colorants."))
        attributes = space[4] if len(space) > 4 and isinstance(space[4], Dictionary) else None
        colorants = dict(members(dictionary(attributes, "/Colorants")))
        process = {name_text(value) for value in items(dictionary(attributes, "/Process"), "/Components")}
        if any(label not in colorants for label in names if label not in _PROCESS_COLOURS | process):
            self._findings.add(
                "6.2.4.4", where, _("A spot colour is not among the colorants of its colour space.")
            )
        for colorant in colorants.values():
            if isinstance(colorant, Array) and len(colorant) >= 4:
                self._check_separation(colorant, where)


def _canonical(value: Any, depth: int = 0) -> str:
    """Equal for objects that mean the same, whether written in place or referred to."""
    if depth > _DEEPEST:
        return ""
    if isinstance(value, (Dictionary, Stream)):
        pairs = sorted((key, _canonical(item, depth + 1)) for key, item in members(value) if key != "Length")
        return f"{pairs}{decoded(value)!r}" if isinstance(value, Stream) else f"{pairs}"
    if isinstance(value, Array):
        return f"{[_canonical(item, depth + 1) for item in value]}"
    return str(value)
