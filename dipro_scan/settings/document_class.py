"""`classes/<id>.yaml`: a kind of document."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from dipro_scan.settings.base import FIELD_IDS, Identifier, Need, SettingProblem, Settings
from dipro_scan.translation import _


class Phrase(Settings):
    """Words that speak for (or, as `excluding`, against) a class."""

    text: str = Field(min_length=3)
    weight: Literal["title", "strong", "weak", "excluding"] = "strong"


class Schutzbedarf(Settings):
    integritaet: Need = "normal"
    vertraulichkeit: Need = "normal"
    verfuegbarkeit: Need = "normal"


class Retention(Settings):
    """How long, and what becomes of it then: A archivwürdig, B bewerten, V vernichten."""

    years: int | None = Field(None, ge=0, le=200)
    permanent: bool = False
    disposal: Literal["A", "B", "V"]

    @model_validator(mode="after")
    def _one_of_both(self) -> Retention:
        if (self.years is None) != self.permanent:
            raise SettingProblem(_("write either “years” with a number or “permanent: true”, and not both"))
        return self


class Filing(Settings):
    """Where documents of a class go.

    `akte`: `collective` is one Akte a year, `case` needs an Aktenzeichen.
    """

    kennzeichen: str
    akte: Literal["collective", "case"]
    vorgang: str = Field(min_length=1, max_length=64)


class DocumentClass(Settings):
    """`classes/<id>.yaml`: how a kind of document is known, what is read from it, where it goes."""

    schema_: Literal[1] = Field(alias="schema")
    id: Identifier
    title: str
    phrases: tuple[Phrase, ...] = Field(min_length=1)
    fields: tuple[Identifier, ...] = ()
    required_fields: tuple[Identifier, ...] = ()
    filing: Filing
    schutzbedarf: Schutzbedarf = Schutzbedarf()
    scanstrategie: Literal["ersetzend", "nicht_ersetzend", "nicht_scannen"] = "ersetzend"
    quality_check: Literal["sample", "full"] = "sample"
    retention: Retention

    @model_validator(mode="after")
    def _fields_exist(self) -> DocumentClass:
        for index, field_id in enumerate(self.fields):
            if field_id not in FIELD_IDS:
                raise SettingProblem(
                    _("there is no field “%(field)s”; allowed are: %(allowed)s")
                    % {"field": field_id, "allowed": ", ".join(FIELD_IDS)},
                    "fields",
                    index,
                )
        for index, field_id in enumerate(self.required_fields):
            if field_id not in self.fields:
                raise SettingProblem(
                    _("“%(field)s” is required but does not stand among “fields”; add it there")
                    % {"field": field_id},
                    "required_fields",
                    index,
                )
        return self
