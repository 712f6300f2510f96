"""Names of files and folders that mean the same, whichever system wrote them."""

from __future__ import annotations

import unicodedata


def folded(name: str) -> str:
    """One form for all ways to write `name`: composed letters (NFC), small letters."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
