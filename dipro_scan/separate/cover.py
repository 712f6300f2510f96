"""The text in the QR code of a cover sheet: versioned, and no slip in it goes unnoticed.

    DS1|D|<sheet>|<aktenzeichen>|<class>|<pages>|<schutzbedarf>|<check>

In fields `|`, `%` and everything beyond ASCII is percent-encoded as in RFC 3986 (UTF-8); what the sheet
does not say is empty. The check is the CRC-32 (ISO 3309, as in zlib) of everything before it, its `|`
included, in eight hexadecimal digits: it finds every slip of one character, every swap of neighbours and
every run of up to four wrong characters, and all others but one in four thousand million. It guards against
slips, not against forgery: whoever prints a sheet can print any sheet.

All versions end with `|` and such a check, so that damage is told from novelty.
"""

from __future__ import annotations

import re
import secrets
import zlib
from typing import Final, get_args
from urllib.parse import quote, unquote

from dipro_scan.model import COVER_PAYLOAD, CoverSheet, ProtectionNeed
from dipro_scan.translation import _

VERSION: Final = 1

SHEET_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: nothing in it is mistaken for something else when read aloud or typed."""

SHEET_ID_LENGTH: Final = 10
"""50 bits: among a million sheets two have the same id once in two thousand cities."""

_PLAIN: Final = " !#$&'()*+,-./:;<=>?@[]^_{}~"
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,3}")


class CoverUnreadable(Exception):
    """A cover sheet of ours that says nothing we may rely on. `str(error)` is a sentence for people."""


class CoverDamaged(CoverUnreadable):
    """The check does not fit: something was misread or altered."""


class CoverNewer(CoverUnreadable):
    """Whole, but printed by a later version of dipro_scan."""


def new_sheet_id() -> str:
    """An id that no other sheet has."""
    return "".join(secrets.choice(SHEET_LETTERS) for _letter in range(SHEET_ID_LENGTH))


def encode_cover(cover: CoverSheet) -> str:
    """The text of the sheet's QR code, in printable ASCII."""
    fields = (
        cover.sheet_id,
        cover.aktenzeichen or "",
        cover.class_id or "",
        "" if cover.pages is None else str(cover.pages),
        cover.schutzbedarf or "",
    )
    body = f"DS{VERSION}|D|" + "".join(quote(text, safe=_PLAIN) + "|" for text in fields)
    return body + _check(body)


def decode_cover(text: str) -> CoverSheet | None:
    """What the sheet says; None where `text` is not that of a cover sheet of ours.

    Raises CoverDamaged and CoverNewer.
    """
    begin = COVER_PAYLOAD.match(text)
    if begin is None:
        return None
    body, check = text[:-8], text[-8:]
    if not body.endswith("|") or not body.isascii() or check != _check(body):
        raise CoverDamaged(_("The QR code of the cover sheet is damaged; print the sheet again."))
    if int(begin[1]) != VERSION:
        sentence = _("The cover sheet was printed by a newer version (%(version)s); update dipro-scan.")
        raise CoverNewer(sentence % {"version": begin[1]})
    try:
        return _cover(body[begin.end() :].split("|"))
    except ValueError as error:
        # The check fits and the content does not: another program wrote it, and wrongly.
        raise CoverDamaged(_("The QR code of the cover sheet is damaged; print the sheet again.")) from error


def _cover(fields: list[str]) -> CoverSheet:
    sheet_id, aktenzeichen, class_id, pages, need, _end = (
        unquote(field, errors="strict") for field in fields
    )
    if pages and not _NUMBER.fullmatch(pages):
        raise ValueError(f"not a number of pages: {pages}")
    return CoverSheet(
        sheet_id=sheet_id,
        aktenzeichen=aktenzeichen or None,
        class_id=class_id or None,
        pages=int(pages) if pages else None,
        schutzbedarf=_need(need),
    )


def _need(text: str) -> ProtectionNeed | None:
    if not text:
        return None
    known: tuple[ProtectionNeed, ...] = get_args(ProtectionNeed)
    for need in known:
        if need == text:
            return need
    raise ValueError(f"no Schutzbedarf: {text}")


def _check(body: str) -> str:
    return f"{zlib.crc32(body.encode('ascii')):08X}"
