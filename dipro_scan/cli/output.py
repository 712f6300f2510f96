"""Printing results: one JSON object, or text for people."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import click

from dipro_scan.model.errors import Unwritable
from dipro_scan.translation import _, os_reason


def print_json(value: dict[str, Any]) -> None:
    """One JSON object on standard output. Names that are no valid Unicode are escaped, not refused."""
    print_text(json.dumps(value, ensure_ascii=False, indent=2))


def print_text(text: str) -> None:
    """`text` on standard output; a reader that went away does not change how the command ends.

    Raises Unwritable where standard output cannot take it.
    """
    try:
        click.echo(text.encode("utf-8", "backslashreplace").decode("utf-8"))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise Unwritable(
            _("Standard output cannot be written (%(why)s); the work itself was done.")
            % {"why": os_reason(error)}
        ) from error
