"""Words → class, fields, decision, each with its reasons."""

from __future__ import annotations

from dipro_scan.classify.classes import classify
from dipro_scan.classify.deadlines import find_deadlines
from dipro_scan.classify.decide import decide
from dipro_scan.classify.fields import EXTRACTED_FIELDS, extract_fields
from dipro_scan.classify.index import heard, voice_name
from dipro_scan.classify.index_class import asked_protection
from dipro_scan.classify.place import lies_under, place_for
from dipro_scan.classify.wording import (
    PageWords,
    Wording,
    contradictions,
    missing_share,
    odd_numbers,
    page_words,
    strangeness,
    wording,
    wording_keys,
)

__all__ = [
    "EXTRACTED_FIELDS",
    "PageWords",
    "Wording",
    "asked_protection",
    "classify",
    "contradictions",
    "decide",
    "extract_fields",
    "find_deadlines",
    "heard",
    "lies_under",
    "missing_share",
    "odd_numbers",
    "page_words",
    "place_for",
    "strangeness",
    "voice_name",
    "wording",
    "wording_keys",
]
