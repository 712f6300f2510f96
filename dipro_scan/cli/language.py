"""Which language to speak, before anything is said."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from dipro_scan.translation import LANGUAGES

_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def choose_language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Option, settings, then the locale unless it is C or POSIX, else German.

    A wrong value is no error here: the command line itself says so, in the language chosen without it.
    """
    for candidate in (
        _option(arguments, "--lang") or environment.get("DIPRO_SCAN_LANG"),
        _language_of_site(_option(arguments, "--pipelines") or environment.get("DIPRO_SCAN_PIPELINES")),
        _language_of_locale(environment),
    ):
        if candidate in LANGUAGES:
            return candidate
    return "de"


def _option(arguments: Sequence[str], name: str) -> str | None:
    for number, argument in enumerate(arguments):
        if argument == "--":
            return None
        if argument == name and number + 1 < len(arguments):
            return arguments[number + 1]
        if argument.startswith(f"{name}="):
            return argument.partition("=")[2]
    return None


def _language_of_site(pipelines: str | None) -> str | None:
    if pipelines is None:
        return None
    site = Path(pipelines) / "site.yaml"
    if not site.is_file():
        return None
    # A broken file is reported by the command that needs it, not by the choice of a language.
    import yaml

    try:
        content = yaml.safe_load(site.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return None
    language = content.get("language") if isinstance(content, dict) else None
    return language if isinstance(language, str) else None


def _language_of_locale(environment: Mapping[str, str]) -> str | None:
    locale = next((environment[name] for name in _LOCALE_VARIABLES if environment.get(name)), "")
    language = os.path.splitext(locale)[0].partition("_")[0].lower()  # noqa: PTH122  not a path
    return language if language in LANGUAGES else None
