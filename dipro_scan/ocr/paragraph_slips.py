"""`$ 12` and `8 12 BGB` for § 12: what stands after a sign says what it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

CODES_OF_LAW: Final = frozenset(
    {
        "AO",
        "AufenthG",
        "BauGB",
        "BauNVO",
        "BauO",
        "BDSG",
        "BGB",
        "BImSchG",
        "BMG",
        "EStG",
        "GebG",
        "GewO",
        "GG",
        "GO",
        "HGB",
        "KAG",
        "OWiG",
        "SGB",
        "StGB",
        "StPO",
        "StVG",
        "StVO",
        "StVZO",
        "UStG",
        "VwGO",
        "VwVfG",
        "VwVG",
        "VwZG",
        "WoGG",
        "ZPO",
    }
)

PARTS_OF_A_PARAGRAPH: Final = frozenset({"Abs.", "Absatz", "Satz", "Nr.", "Nummer"})

MONEY: Final = frozenset({"Dollar", "USD", "Mio.", "Mrd.", "Tsd."})

MOST_NUMBERS: Final = 5
"""So many words after the sign are looked at."""

_DOLLAR = re.compile(r"^(\(?)(\${1,2})(\d{0,4}[a-z]?[.,;:)]?)$")
_EIGHT = re.compile(r"^(\(?)(8{1,2})$")
_NUMBER = re.compile(r"^\d{1,4}[a-z]?[.,;:)]*$")
_NUMBER_OF_LAW = re.compile(r"^[1-9]\d{0,3}[a-z]?$")


def mended_sign(words: Sequence[str], at: int) -> tuple[str, str]:
    """The word `at` with its § and the rule that says so, or as it is and an empty rule."""
    word, following = words[at], words[at + 1 : at + 3]
    if found := _DOLLAR.match(word):
        glued = found[3][:1].isdigit()
        number = glued or (not found[3] and bool(following) and bool(_NUMBER.match(following[0])))
        then = following[0:1] if glued else following[1:2]
        if number and not MONEY.intersection(then):
            return found[1] + "§" * len(found[2]) + found[3], "dollar_for_paragraph"
    elif (
        (found := _EIGHT.match(word))
        and not (at and words[at - 1][-1:].isdigit())
        and _is_law(words[at + 1 : at + 1 + MOST_NUMBERS])
    ):
        return found[1] + "§" * len(found[2]), "eight_for_paragraph"
    return word, ""


def _is_law(words: Sequence[str]) -> bool:
    """Whether `words` begin with a number, or numbers parted by commas, and then what only a law has."""
    for number, proof in pairwise(words):
        if not _NUMBER_OF_LAW.match(number.removesuffix(",")):
            return False
        if not number.endswith(","):
            return proof.rstrip(",;:)") in PARTS_OF_A_PARAGRAPH or proof.rstrip(".,;:)") in CODES_OF_LAW
    return False
