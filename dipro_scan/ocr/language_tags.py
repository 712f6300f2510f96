"""Names of language data as the tags that text files carry: languages (BCP 47) and scripts (ISO 15924)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from dipro_scan.ocr.scripts import FRAKTUR_DATA

UNDETERMINED: Final = "und"

_TWO_LETTERS: Final[dict[str, str]] = dict(
    re.findall(
        r"(\w+):(\w+)",
        """
    afr:af ara:ar bel:be bos:bs bul:bg cat:ca ces:cs cym:cy dan:da deu:de ell:el eng:en epo:eo est:et eus:eu
    fas:fa fin:fi fra:fr fry:fy gle:ga glg:gl heb:he hin:hi hrv:hr hun:hu hye:hy isl:is ita:it jpn:ja kat:ka
    kor:ko lat:la lav:lv lit:lt ltz:lb mkd:mk mlt:mt nld:nl nor:no pol:pl por:pt ron:ro rus:ru slk:sk slv:sl
    spa:es sqi:sq srp:sr swe:sv tha:th tur:tr ukr:uk urd:ur vie:vi yid:yi
    """,
    )
)
"""ISO 639-3 → ISO 639-1, which BCP 47 prefers: https://www.rfc-editor.org/rfc/rfc5646#section-2.2.1."""

_SCRIPTS: Final = {
    "Cyrl": {"be", "bg", "mk", "ru", "sr", "uk"},
    "Arab": {"ar", "fa", "ur"},
    "Hebr": {"he", "yi"},
    "Grek": {"el"},
    "Armn": {"hy"},
    "Deva": {"hi"},
    "Geor": {"ka"},
    "Jpan": {"ja"},
    "Kore": {"ko"},
    "Thai": {"th"},
}
"""Scripts of the languages above that are not written in Latin letters."""

_LANGUAGE: Final = re.compile(r"([a-z]{3})(?:_\w+)?")


def language_tag(languages: Sequence[str]) -> str:
    """The tag of the first of `languages`, names of Tesseract's data; `und` where it names none.

    Data for Fraktur count as German: that is what they were trained on.
    """
    first = languages[0] if languages else ""
    if first in FRAKTUR_DATA:
        return "de"
    found = _LANGUAGE.fullmatch(first)
    return _TWO_LETTERS.get(found[1], found[1]) if found else UNDETERMINED


def script_of(tag: str) -> str:
    """The script that a language is written in; `Zyyy` (undetermined) for one that is not known here."""
    known = (script for script, tags in _SCRIPTS.items() if tag in tags)
    return next(known, "Latn" if tag in _TWO_LETTERS.values() else "Zyyy")
