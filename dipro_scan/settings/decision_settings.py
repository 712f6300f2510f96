"""What is enough to file without asking, and what is told besides."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from dipro_scan.settings.base import Identifier, Settings, Share


class DecisionSettings(Settings):
    """What is enough evidence to file without asking.

    `min_score` is the weighted evidence a class needs, `min_margin` its lead over the second as a share of
    its own score. `min_field_confidence` is asked of the Aktenzeichen's words. `trust_index`: what a person
    said of this very paper (cover sheet, sticker, ticket) is its class, unless the words speak for another.
    """

    min_score: float = Field(5.0, gt=0)
    min_margin: Share = 0.25
    min_confidence: Share = 0.8
    min_field_confidence: Share = 0.6
    fuzzy_characters_per_error: int = Field(8, ge=3)
    trust_index: bool = True


class DeadlineSettings(Settings):
    """In which incoming paper days and spans of time are deadlines.

    `classes`: kinds of documents; paper of which nobody knows what it is counts too if `unknown`. `remedies`
    are deadlines by themselves. None earlier than `past_days` before the receipt or later than
    `future_days` after it is believed.
    """

    classes: tuple[Identifier, ...] = (
        *("widerspruch", "gerichtsentscheidung", "anhoerung", "mahnung", "bussgeldbescheid"),
        *("ordnungsverfuegung", "allgemeines_schreiben"),
    )
    remedies: tuple[Identifier, ...] = ("widerspruch",)
    unknown: bool = True
    past_days: int = Field(92, ge=0, le=3660)
    future_days: int = Field(366, ge=1, le=3660)


class DuplicateSettings(Settings):
    """What happens to paper that seems to have been scanned before (same bytes are never filed twice).

    `rescans`: whether a document is looked up among those filed and in review, and held where it is found.
    It counts as found where `same_pages` of the pages of the shorter one are on the other, in order.
    """

    rescans: Literal["review", "ignore"] = "review"
    same_pages: Share = Field(0.8, gt=0)
