"""The JSON containers of the E-Akte: `akte.json` and `vorgang.json`.

They hold the original wording behind the folders' names. The span of time (Laufzeit) begins with the
day of the earliest document; its end stays open until the Akte is closed.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Final

from dipro_scan.model import Place
from dipro_scan.records.catalogue import vorgang_number
from dipro_scan.settings import Aktenplan

CONTAINER_SCHEMA: Final = 1


def akte_container(place: Place, plan: Aktenplan, date: dt.date) -> dict[str, Any]:
    """A new Akte's container: what it is, and the path of numbers in the Aktenplan that leads to it."""
    nodes = plan.path(place.kennzeichen)
    return {
        "schema": CONTAINER_SCHEMA,
        "aktenzeichen": place.aktenzeichen,
        "title": place.akte_title,
        "kennzeichen": place.kennzeichen,
        "aktenplan": [{"kennzeichen": node.kennzeichen, "bezeichnung": node.bezeichnung} for node in nodes],
        "akten_typ": nodes[-1].akten_typ,
        "laufzeit": {"beginn": date.isoformat(), "ende": None},
    }


def vorgang_container(place: Place, folder: str, date: dt.date) -> dict[str, Any]:
    """A new Vorgang's container; its number is that of its folder."""
    return {
        "schema": CONTAINER_SCHEMA,
        "aktenzeichen": place.aktenzeichen,
        "number": vorgang_number(folder.rpartition("/")[2]),
        "title": place.vorgang_title,
        "laufzeit": {"beginn": date.isoformat(), "ende": None},
    }


def with_earlier_begin(container: dict[str, Any], date: dt.date) -> dict[str, Any]:
    """The container with its Laufzeit beginning no later than `date`."""
    span = container["laufzeit"]
    if span["beginn"] <= date.isoformat():
        return container
    return {**container, "laufzeit": {**span, "beginn": date.isoformat()}}


def json_bytes(content: dict[str, Any]) -> bytes:
    """Readable JSON in a stable order: as inserted, indented by two, a line break at the end."""
    text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    # A lone surrogate, from a file name that is no UTF-8, becomes JSON's own escape.
    return text.encode("utf-8", "backslashreplace")
