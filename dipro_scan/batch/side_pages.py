"""Pages set aside, each with its reason and all that putting it back takes.

A page lies as a PDF in its source's folder; `pages.json` beside it says why, and whose neighbour it was.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from dipro_scan.batch.filing import BatchFacts
from dipro_scan.batch.homing import batch_at_home, page_at_home
from dipro_scan.batch.review_case import (
    CasePage,
    case_page_from_json,
    case_page_json,
    source_from_json,
    source_json,
)
from dipro_scan.batch.workspace import Workspace
from dipro_scan.model import (
    Batch,
    BlankVerdict,
    CodeMeaning,
    PageInput,
    PageRef,
    SetAside,
    StoreDamaged,
    StoreNewer,
)
from dipro_scan.records import durable
from dipro_scan.records.durable import told_as_unwritable
from dipro_scan.translation import _

SIDE_PAGES_SCHEMA = 1
_FILE = "pages.json"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The page of a document beside which a page lay that was set aside; `position` in the stack, from 1."""

    ref: PageRef
    position: int


@dataclass(frozen=True, slots=True)
class SidePage:
    """A page set aside. `neighbour` is the last page of a document before it, else the first one after it.

    `facts` are those of its run, its own position among them. `pdf` is None where none could be made.
    """

    page: CasePage
    why: str
    reason: str
    neighbour: Neighbour | None
    facts: BatchFacts
    pdf: Path | None

    @property
    def position(self) -> int:
        """Its place in the stack, from 1."""
        return self.facts.positions[self.page.ref]


@dataclass(frozen=True, slots=True)
class LaidAside:
    """A page just set aside, and its PDF where one could be made."""

    aside: SetAside
    pdf: Path | None


def keep_side_pages(
    workspace: Workspace,
    facts: BatchFacts,
    inputs: dict[PageRef, PageInput],
    in_documents: Collection[PageRef],
    laid: Sequence[LaidAside],
) -> None:
    """Writes down the pages set aside of each source, in place of what was written before.

    `in_documents`: the pages separated together with them that went into documents. Raises Unwritable.
    """
    neighbours = [Neighbour(ref, facts.positions[ref]) for ref in in_documents]
    stack = sorted(neighbours, key=lambda neighbour: neighbour.position)
    by_source: dict[str, list[LaidAside]] = defaultdict(list)
    for item in laid:
        by_source[item.aside.page.ref.source_sha256].append(item)
    for sha256, items in by_source.items():
        source = next(source for source in facts.batch.sources if source.sha256 == sha256)
        content = {
            "schema": SIDE_PAGES_SCHEMA,
            "pipeline": facts.pipeline_file or facts.batch.pipeline,
            "batch": {"id": facts.batch.id, "pipeline": facts.batch.pipeline, "pages": facts.pages},
            "source": source_json(source),
            "operator": facts.operator,
            "station": facts.station,
            "pages": [_page_json(item, facts, inputs, stack) for item in items],
        }
        path = workspace.set_aside(sha256) / _FILE
        text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
        with told_as_unwritable(path):
            durable.make_folders(path.parent)
            durable.replace_file(path, text.encode("utf-8", "backslashreplace"))


def side_pages(workspace: Workspace) -> Iterator[SidePage]:
    """Every page ever set aside, those put back included, a source after the other.

    Raises StoreDamaged and StoreNewer for a file that is none of ours.
    """
    for path in sorted((workspace.state / "set-aside").glob(f"*/{_FILE}")):
        for found in _pages_of(path):
            facts = replace(found.facts, batch=batch_at_home(workspace, found.facts.batch))
            yield replace(found, page=page_at_home(workspace, found.page), facts=facts)


def _page_json(
    item: LaidAside, facts: BatchFacts, inputs: dict[PageRef, PageInput], stack: Sequence[Neighbour]
) -> dict[str, Any]:
    page = item.aside.page
    position = facts.positions[page.ref]
    before = [neighbour for neighbour in stack if neighbour.position < position]
    neighbour = before[-1] if before else next(iter(stack), None)
    return {
        **case_page_json(CasePage(page.ref, page.stream.stem, inputs[page.ref])),
        "position": position,
        "why": item.aside.why,
        "reason": _reason(item.aside),
        "measurements": [asdict(measurement) for measurement in page.reading.measurements],
        "neighbour": {**neighbour.ref._asdict(), "position": neighbour.position} if neighbour else None,
        "pdf": item.pdf.name if item.pdf else None,
    }


def _reason(aside: SetAside) -> str:
    if aside.why == "blank":
        sentence = _("Page %(page)d of %(source)s is blank.")
    elif any(code.meaning is CodeMeaning.COVER for code in aside.page.reading.codes):
        sentence = _("Page %(page)d of %(source)s is a cover sheet.")
    elif aside.page.reading.is_separator or aside.page.reading.blank is not BlankVerdict.BLANK:
        sentence = _("Page %(page)d of %(source)s is a separator sheet.")
    else:
        sentence = _("Page %(page)d of %(source)s is the blank back of a separator sheet.")
    return sentence % {"page": aside.page.ref.source_page, "source": aside.page.ref.source}


def _pages_of(path: Path) -> list[SidePage]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["schema"] > SIDE_PAGES_SCHEMA:
            raise StoreNewer(
                _("%(file)s was written by a newer version of dipro-scan; install that version.")
                % {"file": path}
            )
        return [_page(data, item, path.parent) for item in data["pages"]]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StoreDamaged(
            _("%(file)s is damaged; bring it back from your backup.") % {"file": path}
        ) from error


def _page(data: dict[str, Any], item: dict[str, Any], folder: Path) -> SidePage:
    page, near = case_page_from_json(item), item["neighbour"]
    batch = data["batch"]
    facts = BatchFacts(
        batch=Batch(batch["id"], batch["pipeline"], (source_from_json(data["source"]),)),
        pages=batch["pages"],
        positions={page.ref: item["position"]},
        operator=data["operator"],
        station=data["station"],
        pipeline_file=data["pipeline"],
    )
    neighbour = None
    if near is not None:
        ref = PageRef(near["source_sha256"], near["source"], near["source_page"])
        neighbour = Neighbour(ref, near["position"])
    pdf = folder / item["pdf"] if item["pdf"] else None
    return SidePage(page, item["why"], item["reason"], neighbour, facts, pdf)
