"""Is a page set in Fraktur? Read with data for modern print it gives itself away; better data may be there.

Data for modern print take the long s for an f, so that Fraktur is full of words that no German page has
otherwise: "fie", "ift", "diefer". Confidence alone tells little: worn prints have no more of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from dipro_scan.model import Line, PageText

FRAKTUR_DATA: Final = ("german_print", "frak2021", "Fraktur", "script/Fraktur", "deu_latf", "frk")
"""Language data for Fraktur, the best first: UB Mannheim's, trained on German prints of five centuries, then
Tesseract's own; `deu_latf` is the newer name of `frk`."""

LEAST_SLIPS: Final = 3
LEAST_SHARE: Final = 0.012
"""So many of a page's words, at least three, are such slips: Fraktur has 5 to 10 in a hundred."""

TRIAL_LINES: Final = 4
TRIAL_WORDS: Final = 3
"""A line that says something about the data has so many words."""

_LONG_S_READ_AS_F: Final = frozenset(
    re.findall(
        r"\w+",
        """
    fie fich fo ift fein feine feinen feiner feinem feines find fehr fei feyn feid foll follen follte follten
    fonft fondern felbft fchon fagte fagen fagt fah fahen fehen fechs fieben fowie fomit fodann fobald diefe
    diefer diefes diefem diefen deffen daffelbe derfelbe diefelbe diefelben müffen laffen gewefen wefen unfer
    unfere unferer unferen unferm unfers ftand ftehen fteht ftark ftets ftatt fprach fprechen fpäter fchrieb
    fchreiben fchön fchnell fchwer meift erft zuerft koftet beften beftimmt gefchrieben gefagt menfch menfchen
    zwifchen deutfch deutfche deutfchen gefellfchaft wiffenfchaft herrfchaft gefetz gefetze gefetzes befchluß
    wünfchen fende fucht fuchen
    """,
    )
)


def fraktur_data(available: Iterable[str]) -> str | None:
    """The best of the language data in `available` for Fraktur; None where there are none."""
    there = set(available)
    return next((name for name in FRAKTUR_DATA if name in there), None)


def long_s_slips(lines: Iterable[Line]) -> tuple[int, int]:
    """How many words look like Fraktur read as modern print, and how many words there are."""
    words = [_core(word.text) for line in lines for word in line.words]
    words = [word for word in words if len(word) >= 2]
    return sum(1 for word in words if word.lower() in _LONG_S_READ_AS_F), len(words)


def looks_like_fraktur(text: PageText) -> bool:
    """Whether `text`, read with data for modern print, is that of a German page in Fraktur."""
    slips, words = long_s_slips(text.lines())
    return slips >= LEAST_SLIPS and slips >= LEAST_SHARE * words


def trial_lines(text: PageText) -> tuple[Line, ...]:
    """A few lines on which data for Fraktur can show that they read better: first those with slips."""
    lines = [line for line in text.lines() if len(line.words) >= TRIAL_WORDS and line.is_level]
    ranked = sorted(lines, key=lambda line: -long_s_slips((line,))[0])
    return tuple(ranked[:TRIAL_LINES])


def reads_better(before: Iterable[Line], after: Iterable[Line]) -> bool:
    """Whether lines read again (`after`) are Fraktur read rightly: slips are gone, no sureness is."""
    old, new = list(before), list(after)
    slips, _words = long_s_slips(old)
    slips_left, words_left = long_s_slips(new)
    if not words_left or 2 * slips_left > slips:
        return False
    return _confidence(new) >= _confidence(old)


def _core(text: str) -> str:
    return "".join(character for character in text if character.isalpha())


def _confidence(lines: list[Line]) -> float:
    weights = [(len(word.text), word.confidence) for line in lines for word in line.words]
    return sum(length * value for length, value in weights) / max(1, sum(length for length, _ in weights))
