"""Regular expressions that people write into settings, held to what cannot run away.

They are Python's `re`, which tries every way to divide a text among the parts of variable length. With no
repeated group, few such parts and short texts there are never more than some millions of ways.
"""

from __future__ import annotations

import re
import warnings
from typing import Final

from dipro_scan.translation import _

LONGEST_PATTERN: Final = 200
LONGEST_TEXT: Final = 64
"""Longer texts are not held against patterns; barcodes on stickers are shorter."""

MOST_VARIABLE_PARTS: Final = 5

_NO_SYNTAX: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_GROUP_KINDS: Final = re.compile(r"\(\?(?:P<\w+>|[:=!]|<[=!])")
_FIXED: Final = re.compile(r"\{\d+\}")
_VARIABLE: Final = re.compile(r"[*+?|]|\{\d*,\d*\}")
_REPEATED_GROUP: Final = re.compile(r"\)(?:[*+{])")


def fault_in(pattern: str) -> str | None:
    """Why `pattern` may not be used, as a sentence without its full stop; None where it may."""
    if len(pattern) > LONGEST_PATTERN:
        return _("the pattern is longer than %(most)d characters") % {"most": LONGEST_PATTERN}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError, FutureWarning) as error:
        return _("“%(pattern)s” is no regular expression (%(why)s)") % {"pattern": pattern, "why": error}
    bare = _GROUP_KINDS.sub("(", _NO_SYNTAX.sub("x", pattern))
    if _REPEATED_GROUP.search(bare):
        return _("“%(pattern)s” repeats a group in parentheses; write it out instead") % {"pattern": pattern}
    if "(?" in bare or len(_VARIABLE.findall(_FIXED.sub("", bare))) > MOST_VARIABLE_PARTS:
        sentence = _("“%(pattern)s” is too intricate; at most %(most)d of * + ? | {m,n} may stand in it")
        return sentence % {"pattern": pattern, "most": MOST_VARIABLE_PARTS}
    return None


def whole_match(pattern: str, text: str) -> re.Match[str] | None:
    """The match of `pattern`, in which there is no fault, with all of `text`."""
    return re.fullmatch(pattern, text) if len(text) <= LONGEST_TEXT else None
