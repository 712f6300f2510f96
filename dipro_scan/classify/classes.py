"""Which class a document belongs to: weighted phrases, added up, and how far one class leads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dipro_scan.classify.phrases import Occurrence, PhraseSearch, folded
from dipro_scan.classify.text import PageWords
from dipro_scan.model import Classification, PageReading, Reason
from dipro_scan.settings import DecisionSettings, DocumentClass
from dipro_scan.translation import _

WEIGHTS = {"title": 3.0, "strong": 2.0, "weak": 1.0, "excluding": -2.0}
"""Points of a phrase by its weight. The scale is fixed; a city chooses weights and `min_score`."""

TITLE_FACTOR = 2.0
"""Where a phrase stands as a title it counts this many times. Weak phrases do not: a salutation stands
alone on its line too, and is no title."""

SCORE_SCALE = 3.0
MARGIN_SCALE = 0.12
"""Scales of `confidence`; chosen so that the least score (5) and the least margin (0.25) that a
pipeline accepts by default do not suffice together: one of the two must be clearly better."""


def classify(
    pages: Sequence[PageReading], classes: Sequence[DocumentClass], settings: DecisionSettings
) -> Classification:
    """The class that the evidence favours, with all scores and the phrases that were found.

    A phrase counts once, where it weighs most; words that lie wholly inside phrases counted before do
    not count again for the same class. No class where nothing speaks for any, or two are equal.
    """
    words = [PageWords(number, page) for number, page in enumerate(pages, start=1)]
    phrases = [phrase.text for item in classes for phrase in item.phrases]
    search = PhraseSearch(phrases, words, settings.fuzzy_characters_per_error)
    evidence = [_weigh(item, search) for item in classes]
    ranked = sorted((item for item in evidence if item.hits), key=lambda item: -item.score)
    scores = {item.document_class.id: item.score for item in ranked}
    reasons = tuple(reason for item in ranked[:2] for reason in item.reasons())
    titled = tuple(item.document_class.id for item in ranked if item.titled)
    if not ranked or ranked[0].score <= 0:
        return Classification(None, 0.0, scores, reasons, titled)
    margin = lead(list(scores.values()))
    if margin == 0:
        return Classification(None, 0.0, scores, reasons, titled)
    sureness = confidence(ranked[0].score, margin)
    return Classification(ranked[0].document_class.id, sureness, scores, reasons, titled)


def lead(scores: Sequence[float]) -> float:
    """How far the first of `scores` (highest first) leads the second, as a share of itself: 0-1."""
    if not scores or scores[0] <= 0:
        return 0.0
    second = max(0.0, scores[1]) if len(scores) > 1 else 0.0
    return (scores[0] - second) / scores[0]


def confidence(score: float, margin: float) -> float:
    """0-1, rising with the winner's score and with its lead: (1 - e^(-score/3)) · (1 - e^(-margin/0.12)).

    A rule of thumb that orders decisions, not a measured share of right ones.
    """
    strength = 1.0 - math.exp(-max(0.0, score) / SCORE_SCALE)
    distance = 1.0 - math.exp(-max(0.0, margin) / MARGIN_SCALE)
    return round(strength * distance, 4)


@dataclass(frozen=True, slots=True)
class _Hit:
    phrase: str
    page: int
    title: bool
    points: float


@dataclass(frozen=True, slots=True)
class _Evidence:
    document_class: DocumentClass
    hits: tuple[_Hit, ...]

    @property
    def score(self) -> float:
        return sum(hit.points for hit in self.hits)

    @property
    def titled(self) -> bool:
        """A weak phrase on a line of its own, such as the label of a number, makes no title."""
        return any(hit.title and hit.points > WEIGHTS["weak"] for hit in self.hits)

    def reasons(self) -> list[Reason]:
        return [Reason("phrase", _sentence(hit, self.document_class.title)) for hit in self.hits]


def _weigh(document_class: DocumentClass, search: PhraseSearch) -> _Evidence:
    found: list[tuple[float, int, str, Occurrence]] = []
    for phrase in document_class.phrases:
        for occurrence in search.find(phrase.text):
            doubled = occurrence.title and phrase.weight != "weak"
            points = WEIGHTS[phrase.weight] * (TITLE_FACTOR if doubled else 1.0)
            found.append((points, len(folded(phrase.text).split()), phrase.text, occurrence))
    found.sort(key=lambda item: (-abs(item[0]), -item[1]))
    hits: dict[str, _Hit] = {}
    counted: dict[bool, set[tuple[int, int]]] = {True: set(), False: set()}
    for points, _length, text, occurrence in found:
        places = counted[points > 0]
        if text not in hits and not occurrence.places <= places:
            hits[text] = _Hit(text, occurrence.page, occurrence.title, points)
            places |= occurrence.places
    return _Evidence(document_class, tuple(hits.values()))


def _sentence(hit: _Hit, title: str) -> str:
    values = {"phrase": hit.phrase, "page": hit.page, "points": f"{hit.points:+g}", "class": title}
    if hit.points < 0:
        return _("“%(phrase)s” on page %(page)d speaks against %(class)s (%(points)s).") % values
    if hit.title:
        return _("“%(phrase)s” as a title on page %(page)d speaks for %(class)s (%(points)s).") % values
    return _("“%(phrase)s” on page %(page)d speaks for %(class)s (%(points)s).") % values
