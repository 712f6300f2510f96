"""From what an engine says of a word to the probability that the word is right as printed.

A calibration is a logistic regression over a few plain features (`word_features`), fitted on pages whose text
is known (`tests/benchmarks/calibrate.py`) and shipped as numbers. It holds for the engine and the models that
it was fitted for, which it names by hash; of any other reading a cautious guess is made, and said to be one.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any, Final

from dipro_scan.model import Box, EngineIdentity, Line, PageText, ProcessingStep, Rereading
from dipro_scan.ocr.languages import ORIENTATION_DATA
from dipro_scan.ocr.scripts import FRAKTUR_DATA
from dipro_scan.ocr.word_features import NAMES, WordInPlace, features, stands_in, words_in_place

SCHEMA: Final = 1
SHIPPED: Final = "calibration.json"
STEP: Final = "calibrate_confidence"
DIGITS: Final = 4
"""Decimals of a calibrated confidence."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights by feature, and what they hold for: engines of one release (`5.5`) with these models by hash.

    `fitted_on` says on which pages; nothing is computed from it.
    """

    engines: tuple[str, ...]
    release: str
    models: Mapping[str, str]
    weights: tuple[float, ...]
    intercept: float
    fitted_on: Mapping[str, Any] = field(default_factory=dict)

    def holds_for(self, engine: EngineIdentity) -> bool:
        """Whether `engine` is one of those, with no language model but those that were fitted for."""
        apart = (ORIENTATION_DATA, *FRAKTUR_DATA)  # installed, and not what modern print is read with
        models = {name: digest for name, digest in engine.models.items() if name not in apart}
        return (
            engine.name in self.engines
            and release_of(engine.version) == self.release
            and bool(models)
            and all(self.models.get(name) == digest for name, digest in models.items())
        )

    def probability(self, placed: WordInPlace) -> float:
        """The expected share of right words (0-1) among words like this one."""
        values = features(placed)
        log_odds = self.intercept + sum(map(_product, self.weights, values))
        return 0.5 * (1.0 + math.tanh(log_odds / 2))

    def as_json(self) -> dict[str, Any]:
        """The values of the shipped file."""
        return {
            "schema": SCHEMA,
            "engines": list(self.engines),
            "release": self.release,
            "models": dict(self.models),
            "weights": dict(zip(NAMES, self.weights, strict=True)),
            "intercept": self.intercept,
            "fitted_on": dict(self.fitted_on),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Calibration:
        """Raises ValueError where the values are of another schema or of other features."""
        if values.get("schema") != SCHEMA or set(values["weights"]) != set(NAMES):
            raise ValueError("This calibration was made for another version of the features; fit it again.")
        return cls(
            engines=tuple(values["engines"]),
            release=values["release"],
            models=dict(values["models"]),
            weights=tuple(float(values["weights"][name]) for name in NAMES),
            intercept=float(values["intercept"]),
            fitted_on=dict(values["fitted_on"]),
        )


@cache
def shipped_calibration() -> Calibration:
    """The calibration that came with this version. Raises ValueError where its file does not fit the code."""
    return Calibration.from_json(json.loads(_shipped_bytes()))


@cache
def shipped_sha256() -> str:
    """What tells readings apart that were calibrated by different versions of the shipped file."""
    return hashlib.sha256(_shipped_bytes()).hexdigest()


def _shipped_bytes() -> bytes:
    return resources.files("dipro_scan.ocr").joinpath(SHIPPED).read_bytes()


def release_of(version: str) -> str:
    """The first two numbers of a version: what a calibration is tied to."""
    return ".".join(version.split(".")[:2])


def calibrated(
    text: PageText,
    engine: EngineIdentity,
    *,
    rereadings: Sequence[Rereading] = (),
    calibration: Calibration | None = None,
) -> PageText:
    """`text` with confidences that are probabilities (0-1, four decimals), by default of the shipped
    calibration.

    `engine` read the page. Words in the place of one of `rereadings` that was taken from another engine, and
    all words of an engine that the calibration does not hold for, get a cautious guess. Readings for tests
    are taken at their word.
    """
    if engine.for_tests:
        return text
    known = calibration or shipped_calibration()
    holds = known.holds_for(engine)
    foreign = [each.box for each in rereadings if each.taken and each.engine not in known.engines]
    found = (
        _with_probabilities(line, placed, known if holds else None, foreign)
        for line, placed in words_in_place(text)
    )
    return PageText(
        tuple(replace(block, lines=tuple(next(found) for _line in block.lines)) for block in text.blocks)
    )


def calibration_step(engine: EngineIdentity, calibration: Calibration | None = None) -> ProcessingStep:
    """What `calibrated` did to the confidences of `engine`: `measured` where it was fitted for this
    engine."""
    known = calibration or shipped_calibration()
    basis = "none" if engine.for_tests else "measured" if known.holds_for(engine) else "cautious"
    return ProcessingStep(STEP, archive=False, parameters={"basis": basis, "schema": SCHEMA})


def cautious(confidence: float) -> float:
    """A guess for engines that nothing was measured of: the square of what they say (0-1).

    Engines mostly say too much of their doubtful words: Tesseract is right on four words of ten that it is
    sure of by 0.8, and on two of ten by 0.6.
    """
    return confidence * confidence


def _with_probabilities(
    line: Line,
    placed: Sequence[WordInPlace],
    calibration: Calibration | None,
    foreign: Sequence[Box],
) -> Line:
    words = []
    for each in placed:
        if calibration is None or stands_in(foreign, each.word):
            probability = cautious(each.word.confidence)
        else:
            probability = calibration.probability(each)
        words.append(replace(each.word, confidence=round(probability, DIGITS)))
    return replace(line, words=tuple(words))


def _product(weight: float, value: float) -> float:
    return weight * value
