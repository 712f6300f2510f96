"""Words → class, fields, decision, each with its reasons."""

from __future__ import annotations

from dipro_scan.classify.classes import classify
from dipro_scan.classify.decide import decide
from dipro_scan.classify.fields import EXTRACTED_FIELDS, extract_fields
from dipro_scan.classify.place import place_for

__all__ = ["EXTRACTED_FIELDS", "classify", "decide", "extract_fields", "place_for"]
