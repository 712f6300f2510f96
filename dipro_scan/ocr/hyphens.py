"""Words that a line's end cut in two: joined, with or without their hyphen, or left as they are."""

from __future__ import annotations

import re
from typing import Final

from dipro_scan.ocr.known_words import is_compound, is_known

HYPHENS: Final = "-\u2010\u00ac\u00ad\u2e17"

COMPLETING: Final = frozenset(
    {"und", "oder", "bis", "sowie", "bzw.", "beziehungsweise", "als", "wie", "noch", "u.", "o."}
)
"""What follows a hyphen that stands for a word's rest (Ergänzungsstrich, DIN 5008): `Ein- und Ausfahrt`."""

_HEAD = re.compile(rf"^[^\w]*(?:[^\W\d_]+[-‐])*([^\W\d_]+|\d{{1,4}})[{HYPHENS}]$")
_TAIL = re.compile(r"^([^\W\d_]+)(?:-[^\W\d_]+)*[^\w]*$")


def may_be_cut(head: str) -> bool:
    """Whether `head`, at a line's end, may go on in the next line."""
    return _HEAD.match(head) is not None


def joined(head: str, tail: str) -> tuple[str, str] | None:
    """`head` and `tail` as the search text has them, and the rule; None where both stay as they are.

    `hyphen_joined`: one word. `hyphen_kept`: one word with its hyphen. `hyphen_either`: the joined word
    is not known, so both readings are written, side by side.
    """
    begun, rest = _HEAD.match(head), _TAIL.match(tail)
    if begun is None or rest is None or tail in COMPLETING or rest[0].lower() in COMPLETING:
        return None
    part, following = begun[1], rest[1]
    one, kept = head[:-1] + tail, head[:-1] + "-" + tail
    if part.isdigit() or len(part) == 1:
        return kept, "hyphen_kept"
    in_capitals = part.isupper() and following.isupper() and len(following) > 1
    if not in_capitals and (part.isupper() or following[0].isupper()):
        return kept, "hyphen_kept"
    if is_known(part + following) or is_compound(part + following):
        return one, "hyphen_joined"
    return f"{one} {kept}", "hyphen_either"
