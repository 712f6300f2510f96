"""What pydantic finds wrong, as sentences for the people who edit the files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from dipro_scan.model import SettingsError
from dipro_scan.settings.schema import SettingProblem
from dipro_scan.settings.yaml_source import Location, YamlSource
from dipro_scan.translation import _, ngettext

M = TypeVar("M", bound=BaseModel)

_SHOWN_CHARACTERS = 60
_NEAR_MISS = 70.0
"""Similarity (0-100) from which a name counts as a misspelling of another."""


def validated(source: YamlSource, model: type[M]) -> M:
    """The file's content as `model`. Raises SettingsError: the first problem, and how many more."""
    try:
        return _validate(source, model)
    except ValidationError as error:
        raise summary(_problems(error, source, model)) from error


def problems(source: YamlSource, model: type[BaseModel]) -> list[SettingsError]:
    """Every problem of the file, by line, missing settings last; empty where it is right."""
    try:
        _validate(source, model)
    except ValidationError as error:
        return _problems(error, source, model)
    return []


def part_problems(part: Mapping[str, Any], model: type[BaseModel]) -> list[tuple[Location, str]]:
    """Every problem of a mapping out of a file: the way to it in there, and a sentence without full stop."""
    # As `_validate` does; paths come as such only from programs.
    text = json.dumps(part, default=str)
    try:
        model.model_validate_json(text, strict=True)
    except ValidationError as error:
        source = YamlSource(Path(), json.loads(text), lines={}, written={})
        return _sentences(error, source, model)
    return []


def summary(found: list[SettingsError]) -> SettingsError:
    """One error for at least one: the first, and the number of the others."""
    first, others = str(found[0]), len(found) - 1
    if not others:
        return found[0]
    return SettingsError(
        ngettext(
            "%(first)s And %(count)d more problem in this file.",
            "%(first)s And %(count)d more problems in this file.",
            others,
        )
        % {"first": first, "count": others}
    )


def at_line(source: YamlSource, location: Location, problem: str) -> SettingsError:
    """`problem` (a sentence without its full stop) at its place in the file."""
    return SettingsError(
        _("%(file)s, line %(line)d: %(problem)s.")
        % {"file": source.path, "line": source.line_of(location), "problem": problem}
    )


def not_among(key: str, value: str, allowed: Sequence[str]) -> str:
    """“key” is “value”, and what is allowed instead; a sentence without full stop."""
    return _is_but(key, value, suggestion(value, allowed))


def suggestion(name: str, allowed: Sequence[str]) -> str:
    """What to write instead of `name`: the near miss, or everything that is allowed."""
    match = process.extractOne(name, allowed, scorer=fuzz.ratio, score_cutoff=_NEAR_MISS)
    if match:
        return _("“%(guess)s” may be meant") % {"guess": match[0]}
    return _("allowed are: %(allowed)s") % {"allowed": ", ".join(allowed)}


def _validate(source: YamlSource, model: type[M]) -> M:
    # As JSON in strict mode: lists may become tuples, but "10" is no number and true is not 1.
    return model.model_validate_json(json.dumps(source.value), strict=True)


def _problems(error: ValidationError, source: YamlSource, model: type[BaseModel]) -> list[SettingsError]:
    return [at_line(source, place, sentence) for place, sentence in _sentences(error, source, model)]


def _sentences(
    error: ValidationError, source: YamlSource, model: type[BaseModel]
) -> list[tuple[Location, str]]:
    details = error.errors(include_url=False)
    places = [_place(detail) for detail in details]
    found = [
        (detail, place)
        for detail, place in zip(details, places, strict=True)
        if not _follows_from_another(detail, place, places)
    ]

    def rank(item: tuple[ErrorDetails, Location]) -> tuple[bool, int]:
        # What is missing comes last: more often than not it is there under a misspelt name.
        return item[0]["type"] == "missing", source.line_of(item[1])

    found.sort(key=rank)
    return [(place, _problem(detail, place, source, model).removesuffix(".")) for detail, place in found]


def _place(detail: ErrorDetails) -> Location:
    cause = detail.get("ctx", {}).get("error")
    return (*detail["loc"], *(cause.at if isinstance(cause, SettingProblem) else ()))


def _follows_from_another(detail: ErrorDetails, place: Location, places: list[Location]) -> bool:
    """A list whose only entry is wrong also counts as too short; that is noise."""
    return detail["type"] == "too_short" and any(
        len(other) > len(place) and other[: len(place)] == place for other in places
    )


def _problem(detail: ErrorDetails, place: Location, source: YamlSource, model: type[BaseModel]) -> str:
    kind, key = detail["type"], _key(place)
    context = detail.get("ctx", {})
    if kind == "extra_forbidden":
        return _("there is no setting “%(key)s” here; %(hint)s") % {
            "key": key,
            "hint": suggestion(key, _names(_model_at(model, place[:-1]))),
        }
    if kind == "missing":
        return _missing(key, place)
    if kind == "value_error":
        cause = context.get("error")
        return cause.sentence if isinstance(cause, SettingProblem) else detail["msg"]
    if kind == "literal_error":
        allowed = [text or number for text, number in re.findall(r"'([^']*)'|(\d+)", context["expected"])]
        hint = suggestion(_shown(detail, place, source), allowed)
        return _is_but(key, _shown(detail, place, source), hint)
    if kind == "string_type":
        return _not_text(detail, place, source)
    return _is_but(key, _shown(detail, place, source), _demand(detail))


def _missing(key: str, place: Location) -> str:
    if len(place) > 1:
        return _("the setting “%(key)s” is missing in “%(parent)s”; add it") % {
            "key": key,
            "parent": _key(place[:-1]),
        }
    return _("the setting “%(key)s” is missing; add it") % {"key": key}


def _not_text(detail: ErrorDetails, place: Location, source: YamlSource) -> str:
    written = source.written.get(place)
    if written and detail["input"] is not None:
        return _('“%(key)s” must be text; put the value in quotation marks: "%(written)s"') % {
            "key": _key(place),
            "written": written,
        }
    return _is_but(_key(place), _shown(detail, place, source), _("it must be text"))


def _is_but(key: str, value: str, demand: str) -> str:
    return _("“%(key)s” is “%(value)s”; %(demand)s") % {"key": key, "value": value, "demand": demand}


def _demand(detail: ErrorDetails) -> str:
    """What a value of the wrong kind or size should have been."""
    kind, context = detail["type"], detail.get("ctx", {})
    limits: dict[str, tuple[str, Callable[[], str]]] = {
        "greater_than": ("gt", lambda: _("it must be greater than %(limit)s")),
        "greater_than_equal": ("ge", lambda: _("it must be at least %(limit)s")),
        "less_than": ("lt", lambda: _("it must be less than %(limit)s")),
        "less_than_equal": ("le", lambda: _("it must be at most %(limit)s")),
        "string_too_short": ("min_length", lambda: _("it must have at least %(limit)s characters")),
        "string_too_long": ("max_length", lambda: _("it may have at most %(limit)s characters")),
        "too_short": ("min_length", lambda: _("the list must have at least %(limit)s entries")),
        "too_long": ("max_length", lambda: _("the list may have at most %(limit)s entries")),
    }
    if kind in limits:
        name, sentence = limits[kind]
        return sentence() % {"limit": _number(context[name])}
    if kind == "string_pattern_mismatch":
        return _pattern(str(context["pattern"]))
    if kind.startswith("int_"):
        return _("it must be a whole number")
    if kind.startswith("float_") or kind == "finite_number":
        return _("it must be a number, with a point before decimals")
    if kind.startswith("bool_"):
        return _("it must be true or false")
    if kind.startswith("date_"):
        return _("it must be a date such as 2026-11-22")
    if kind in ("tuple_type", "list_type"):
        return _("it must be a list: [a, b], or lines that begin with a hyphen")
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return _("it must hold settings of its own, in indented lines below it")
    return detail["msg"]


def _pattern(pattern: str) -> str:
    if pattern.startswith("^[a-z0-9]"):
        return _("only small letters a-z, digits, _ and - are allowed, beginning with a letter or digit")
    if pattern.startswith(r"^\d{1,2}"):
        return _("it must be groups of one or two digits, separated by points or blanks, such as 63.10")
    if pattern.startswith("^[A-Za-z0-9_/]"):
        return _("only letters a-z, digits, _ and / are allowed, such as deu")
    return _("it does not have the form %(pattern)s") % {"pattern": pattern}


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _shown(detail: ErrorDetails, place: Location, source: YamlSource) -> str:
    """The value as written, cut to a length that fits a sentence."""
    written = source.written.get(place)
    if written is None:
        value = detail["input"]
        written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    flat = " ".join(written.split())
    return flat if len(flat) <= _SHOWN_CHARACTERS else flat[: _SHOWN_CHARACTERS - 1] + "…"


def _key(place: Location) -> str:
    """`("phrases", 2, "weight")` is `weight`; an entry of a list has the list's name: `fields`."""
    return next((part for part in reversed(place) if isinstance(part, str)), "")


def _names(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_at(model: type[BaseModel], place: Location) -> type[BaseModel]:
    """The model that describes the mapping at `place`."""
    for part in place:
        if isinstance(part, int):
            continue
        field = next(field for name, field in model.model_fields.items() if (field.alias or name) == part)
        model = _inner_model(field.annotation) or model
    return model


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((inner for item in get_args(annotation) if (inner := _inner_model(item))), None)
