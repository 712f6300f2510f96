"""What a room that reads says about its part of a pipeline, while the file is loaded.

`settings` knows no engine, so whoever loads a pipeline for reading brings a `ReadingCheck` along.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from dipro_scan.settings.problems import not_among, part_problems
from dipro_scan.settings.schema import ReadingSettings


@dataclass(frozen=True, slots=True)
class ReadingProblem:
    """Something under `reading` with which no page can be read.

    `at` is the way to it from `reading` on (`("options", "psm")`). `sentence` names the value and what is
    allowed, without its place and its full stop.
    """

    at: tuple[str | int, ...]
    sentence: str


ReadingCheck = Callable[[ReadingSettings], Sequence[ReadingProblem]]


def unknown_engine(name: str, allowed: Sequence[str]) -> ReadingProblem:
    """The problem of an engine that is none of `allowed`."""
    return ReadingProblem(("engine",), not_among("engine", name, allowed))


def option_problems(options: Mapping[str, Any], model: type[BaseModel]) -> list[ReadingProblem]:
    """Every problem of an engine's options, which `model` describes; empty where they are right."""
    return [
        ReadingProblem(("options", *place), sentence) for place, sentence in part_problems(options, model)
    ]
