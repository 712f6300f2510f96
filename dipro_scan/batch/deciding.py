"""What a document is, what it says, where it belongs: the classify room, wired."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

from dipro_scan import classify
from dipro_scan.model import Decision, Document, PageText
from dipro_scan.settings import Configuration


def decide_document(
    document: Document,
    configuration: Configuration,
    scanned: dt.datetime,
    akte_title: Callable[[str], str | None],
) -> Decision:
    """Class, fields and decision with all reasons. `scanned`: when the paper was scanned, aware.

    `akte_title` gives the title of an existing Akte, None for one that does not exist.
    """
    # The words on a sheet that stands for a failed page are ours; they say nothing about the paper.
    readings = [
        replace(page.reading, text=PageText()) if page.reading.failed else page.reading
        for page in document.pages
    ]
    found = classify.classify(readings, configuration.classes, configuration.pipeline.decision)
    wanted = {name for item in configuration.classes for name in item.fields}
    fields = classify.extract_fields(readings, wanted, configuration.aktenplan)
    day = scanned.astimezone(ZoneInfo(configuration.site.time_zone)).date()
    decision = classify.decide(document, found, fields, configuration, day, akte_title)
    deadlines = classify.find_deadlines(
        readings, decision.classification.class_id, decision.fields, configuration, decision.date
    )
    return replace(decision, deadlines=deadlines)
