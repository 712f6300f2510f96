"""What all settings share: their ground, their short types, and how a problem is told."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=64)]
NamePattern = Annotated[str, Field(pattern=r"^[^*/]*\*[^*/]*$", min_length=2, max_length=64)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Need = Literal["normal", "hoch", "sehr hoch"]

FIELD_IDS = (
    "aktenzeichen",
    "kassenzeichen",
    "rechnungsnummer",
    "dokumentdatum",
    "eingangsdatum",
    "faelligkeit",
    "betrag",
    "iban",
    "bic",
    "glaeubiger_id",
    "ust_id",
    "steuer_id",
    "steuernummer",
    "leitweg_id",
    "absender",
    "empfaenger",
    "betreff",
    "person_name",
    "geburtsdatum",
    "registernummer",
    "flurstueck",
    "kfz_kennzeichen",
)


class SettingProblem(ValueError):
    """What a validator found: one sentence for people, and where, seen from the validated part.

    `at` is the way from there to the value at fault (`("nodes", 3, "kennzeichen")`).
    """

    def __init__(self, sentence: str, *at: str | int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.at = at


class Settings(BaseModel):
    """Common ground: unknown keys are errors, numbers are finite, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
