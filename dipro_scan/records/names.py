"""Names that are safe on Windows, SMB and Linux alike, and stay readable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Final

from pathvalidate import is_valid_filename

MAX_COMPONENT: Final = 64
_SUBSTITUTE = "_"
_MORE_DEVICES = ("CONIN$", "CONOUT$")
# Control, format (bidirectional marks, zero-width), surrogate, private and unassigned characters.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FORBIDDEN = frozenset('<>:"/\\|?*')
_GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS"}
)


def safe_component(text: str, *, transliterate: bool = False, limit: int = MAX_COMPONENT) -> str:
    """`text` as the name of one file or folder: NFC, at most `limit` characters, possibly empty.

    What Windows forbids ([MS-FSCC] 2.1.5, and its reserved device names) becomes `_`; so does whatever
    cannot be seen. Spaces are collapsed; names neither begin with a dot or space nor end with one.
    `transliterate` leaves ASCII only: ä becomes ae, é becomes e, what has no such form becomes `_`.
    """
    text = unicodedata.normalize("NFC", text)
    if transliterate:
        text = _ascii(text)
    text = "".join(_SUBSTITUTE if _is_unsafe(character) else character for character in text)
    text = _cut(re.sub(r"\s+", " ", text).strip(" ."), limit)
    return _SUBSTITUTE + _cut(text, limit - 1) if _is_reserved(text) else text


def titled(identifier: str, title: str, *, transliterate: bool = False, limit: int = MAX_COMPONENT) -> str:
    """`<identifier> <title>` as one component, never empty; too long, the title is shortened first."""
    name = safe_component(identifier, transliterate=transliterate, limit=limit) or _SUBSTITUTE
    room = limit - width(name) - 1
    shortened = safe_component(title, transliterate=transliterate, limit=room) if room > 0 else ""
    return safe_component(f"{name} {shortened}", transliterate=transliterate, limit=limit)


def unique_name(name: str, taken: Collection[str], *, limit: int = MAX_COMPONENT) -> str:
    """`name`, or the first of `name ~2`, `name ~3`, … that none of `taken` equals without regard to case."""
    keys = {case_key(item) for item in taken}
    candidate, number = name, 1
    while case_key(candidate) in keys:
        number += 1
        suffix = f" ~{number}"
        candidate = _cut(name, limit - len(suffix)) + suffix
    return candidate


def case_key(name: str) -> str:
    """Equal for names that some file system takes for the same."""
    folded = unicodedata.normalize("NFKC", name).upper().casefold()
    return unicodedata.normalize("NFC", folded)


def width(text: str) -> int:
    """Length in UTF-16 units, by which Windows counts; at most a third of the bytes in UTF-8 more."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _ascii(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.translate(_GERMAN))
    kept = (character for character in decomposed if not unicodedata.combining(character))
    return "".join(character if character.isascii() else _SUBSTITUTE for character in kept)


def _is_unsafe(character: str) -> bool:
    if character in _FORBIDDEN:
        return True
    return unicodedata.category(character) in _UNSAFE_CATEGORIES and not character.isspace()


def _cut(text: str, limit: int) -> str:
    while width(text) > limit:
        text = text[:-1]
    return text.rstrip(" .")


def _is_reserved(text: str) -> bool:
    # Windows takes `CON`, `con.txt` and `con .txt` for the same device.
    root = text.split(".", 1)[0].rstrip()
    return bool(root) and not is_valid_filename(
        root, platform="universal", additional_reserved_names=_MORE_DEVICES
    )
