"""Printing results: one JSON object, or text for people."""

from __future__ import annotations

import json
from typing import Any

import click


def print_json(value: dict[str, Any]) -> None:
    """One JSON object on standard output. Names that are no valid Unicode are escaped, not refused."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    click.echo(text.encode("utf-8", "backslashreplace").decode("utf-8"))


def print_text(text: str) -> None:
    click.echo(text.encode("utf-8", "backslashreplace").decode("utf-8"))
