"""The language in which the program speaks to people.

English is the source language, German is complete. A process speaks one language at a time;
`set_language` is called once, before the first sentence is made.
"""

from __future__ import annotations

import errno
import gettext as _gettext
import os
from pathlib import Path
from typing import Final

DOMAIN: Final = "dipro_scan"
LANGUAGES: Final = ("de", "en")
LOCALE_DIR: Final = Path(__file__).parent / "locale"

_catalogue: _gettext.NullTranslations = _gettext.NullTranslations()
_language = "en"


def set_language(language: str) -> None:
    """Speak `language` (`de` or `en`) from now on, in this process.

    Also points the standard library's own gettext at our catalogue, because Click translates its
    sentences ("Missing argument", "Usage:") through it.
    """
    global _catalogue, _language
    if language not in LANGUAGES:
        raise ValueError(f"no such language: {language!r}; there are {', '.join(LANGUAGES)}")
    _language = language
    _catalogue = _gettext.translation(DOMAIN, LOCALE_DIR, languages=[language], fallback=True)
    os.environ["LANGUAGE"] = language
    _gettext.bindtextdomain(DOMAIN, LOCALE_DIR)
    _gettext.textdomain(DOMAIN)


def current_language() -> str:
    """The language set last; `en` before the first `set_language`."""
    return _language


def _(message: str) -> str:
    """`message` in the current language."""
    return _catalogue.gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """The form of a sentence that fits `number`, in the current language."""
    return _catalogue.ngettext(singular, plural, number)


def number(value: float, digits: int) -> str:
    """`value` with so many decimals, after the point or comma of the current language."""
    text = f"{value:.{digits}f}"
    return text.replace(".", ",") if _language == "de" else text


def os_reason(error: OSError) -> str:
    """Why the operating system refused, in the current language where the reason is a usual one.

    A reason that we gave ourselves when raising stays as it is.
    """
    if error.errno is None or error.strerror != os.strerror(error.errno):
        return error.strerror or str(error)
    usual = {
        errno.EACCES: _("no permission"),
        errno.EPERM: _("no permission"),
        errno.ENOSPC: _("the disk is full"),
        errno.EDQUOT: _("the disk quota is used up"),
        errno.EROFS: _("the drive is read-only"),
        errno.EIO: _("the drive reports an error"),
        errno.ENOENT: _("it does not exist"),
        errno.EEXIST: _("there is a file of that name"),
        errno.ENOTDIR: _("part of the path is no folder"),
        errno.EISDIR: _("it is a folder"),
        errno.ENAMETOOLONG: _("the name is too long"),
        errno.EMFILE: _("too many files are open"),
    }
    return usual.get(error.errno, error.strerror)
