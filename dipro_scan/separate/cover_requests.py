"""Which cover sheets someone wants printed: from values, a table, or a number of the Aktenplan, checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

from dipro_scan.model import ProtectionNeed, SettingsError, UsageProblem
from dipro_scan.settings import Configuration, DocumentClass, Schutzbedarf
from dipro_scan.settings.csv_table import read_table
from dipro_scan.translation import _

COLUMNS: Final = ("aktenzeichen", "klasse", "seiten", "schutzbedarf", "titel")
MAX_PAGES: Final = 9999
NEEDS: Final[tuple[ProtectionNeed, ...]] = get_args(ProtectionNeed)
"""From the lowest to the highest."""

NormalForm = Callable[[str], str | None]
"""An Aktenzeichen as a person writes it → in the plan's form; None where the plan has no such number."""


class RequestProblem(ValueError):
    """A value that no cover sheet can carry; `str(error)` is a sentence for people without its full stop."""


@dataclass(frozen=True, slots=True)
class CoverRequest:
    """What a cover sheet shall say. `title` and `class_title` are printed for people and stand in no code."""

    aktenzeichen: str | None = None
    class_id: str | None = None
    pages: int | None = None
    schutzbedarf: ProtectionNeed | None = None
    title: str | None = None
    class_title: str | None = None


def checked_request(
    values: Mapping[str, str], configuration: Configuration, normal_form: NormalForm
) -> CoverRequest:
    """The request in `values` (by `COLUMNS`, empty where nothing is said), held against plan and classes.

    Without a Schutzbedarf it is that of the class. Raises RequestProblem.
    """
    given = {column: values.get(column, "").strip() for column in COLUMNS}
    if not given["aktenzeichen"] and not given["klasse"]:
        raise RequestProblem(_("a cover sheet needs an Aktenzeichen, a document class, or both"))
    document_class = _document_class(given["klasse"], configuration)
    aktenzeichen = _aktenzeichen(given["aktenzeichen"], normal_form)
    if aktenzeichen and document_class and not _is_below(aktenzeichen, document_class, configuration):
        raise RequestProblem(
            _("%(aktenzeichen)s does not lie under %(kennzeichen)s, where %(class)s belongs")
            % {
                "aktenzeichen": aktenzeichen,
                "kennzeichen": document_class.filing.kennzeichen,
                "class": document_class.title,
            }
        )
    return CoverRequest(
        aktenzeichen=aktenzeichen,
        class_id=document_class.id if document_class else None,
        pages=_pages(given["seiten"]),
        schutzbedarf=_need(given["schutzbedarf"]) or (_highest(document_class) if document_class else None),
        title=given["titel"] or None,
        class_title=document_class.title if document_class else None,
    )


def requests_from_table(
    table: Path, configuration: Configuration, normal_form: NormalForm
) -> tuple[list[CoverRequest], list[SettingsError]]:
    """A request for each row, and every problem of the table with its line.

    Raises SettingsError where the file is no table.
    """
    header, rows = read_table(table, ())
    unknown = [column for column in header if column and column not in COLUMNS]
    if unknown or not {"aktenzeichen", "klasse"} & set(header):
        raise SettingsError(
            _("%(file)s: the first row must name the columns, of these: %(columns)s.")
            % {"file": table, "columns": ", ".join(COLUMNS)}
        )
    requests: list[CoverRequest] = []
    problems: list[SettingsError] = []
    for row in rows:
        try:
            requests.append(checked_request(row.values, configuration, normal_form))
        except RequestProblem as error:
            sentence = _("%(file)s, line %(line)d: %(problem)s.")
            problems.append(SettingsError(sentence % {"file": table, "line": row.line, "problem": error}))
    return requests, problems


def requests_for_node(kennzeichen: str, configuration: Configuration) -> list[CoverRequest]:
    """A request for each document class that is filed at this number of the Aktenplan or below it.

    Raises UsageProblem where there is none, or no such number.
    """
    if configuration.aktenplan.node(kennzeichen) is None:
        sentence = _("The Aktenplan has no number %(kennzeichen)s.")
        raise UsageProblem(sentence % {"kennzeichen": kennzeichen})
    classes = [
        item
        for item in configuration.classes
        if any(
            node.kennzeichen == kennzeichen for node in configuration.aktenplan.path(item.filing.kennzeichen)
        )
    ]
    if not classes:
        sentence = _("No document class of this pipeline is filed under %(kennzeichen)s.")
        raise UsageProblem(sentence % {"kennzeichen": kennzeichen})
    return [
        CoverRequest(
            class_id=item.id,
            schutzbedarf=_highest(item),
            title=_node_title(item, configuration),
            class_title=item.title,
        )
        for item in classes
    ]


def _document_class(class_id: str, configuration: Configuration) -> DocumentClass | None:
    if not class_id:
        return None
    found = configuration.document_class(class_id)
    if found is None:
        sentence = _("this pipeline has no document class “%(class)s”; it has: %(classes)s")
        known = ", ".join(item.id for item in configuration.classes)
        raise RequestProblem(sentence % {"class": class_id, "classes": known})
    return found


def _aktenzeichen(text: str, normal_form: NormalForm) -> str | None:
    if not text:
        return None
    found = normal_form(text)
    if found is None:
        sentence = _("“%(value)s” is no Aktenzeichen of the plan; write it like 63.10-0007/2025")
        raise RequestProblem(sentence % {"value": text})
    return found


def _pages(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and int(text) >= 1):
        sentence = _("“%(value)s” is no number of pages from 1 to %(most)d")
        raise RequestProblem(sentence % {"value": text, "most": MAX_PAGES})
    return int(text)


def _need(text: str) -> ProtectionNeed | None:
    if not text:
        return None
    for need in NEEDS:
        if need == " ".join(text.lower().split()):
            return need
    sentence = _("“%(value)s” is no Schutzbedarf; allowed are: %(allowed)s")
    raise RequestProblem(sentence % {"value": text, "allowed": ", ".join(NEEDS)})


def _highest(document_class: DocumentClass) -> ProtectionNeed:
    """The maximum principle of BSI standard 200-2."""
    need: Schutzbedarf = document_class.schutzbedarf
    return max((need.integritaet, need.vertraulichkeit, need.verfuegbarkeit), key=NEEDS.index)


def _is_below(aktenzeichen: str, document_class: DocumentClass, configuration: Configuration) -> bool:
    return _lies_at(aktenzeichen.rpartition("-")[0], document_class.filing.kennzeichen, configuration)


def _lies_at(kennzeichen: str, top: str, configuration: Configuration) -> bool:
    """Whether `kennzeichen` is `top` or lies below it in the plan."""
    return any(node.kennzeichen == top for node in configuration.aktenplan.path(kennzeichen))


def _node_title(document_class: DocumentClass, configuration: Configuration) -> str:
    node = configuration.aktenplan.node(document_class.filing.kennzeichen)
    number = document_class.filing.kennzeichen
    return f"{number} {node.bezeichnung}" if node else number
