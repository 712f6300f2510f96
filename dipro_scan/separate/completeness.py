"""Signs that pages are missing, stuck together or scanned twice (TR-03138 A.NB.3: completeness)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median
from typing import Final

from dipro_scan.model import BlankVerdict, PageRef, ReadPage, Reason, Separation
from dipro_scan.separate.page_numbers import PageNumber, page_number
from dipro_scan.settings import CompletenessSettings
from dipro_scan.translation import _

MOST_SKIPPED: Final = 3
"""So many pages in a row that bear a number without a total may be missing; a larger step is a misreading."""

SAME_WIDTH_MM: Final = 3.0
NEIGHBOURS: Final = 2
"""So many other pages of the file must be alike before one of them can be too long."""

FORMAT_TOLERANCE_MM: Final = 4.0
FORMATS_MM: Final = (
    *((297.0, 420.0), (210.0, 297.0), (148.0, 210.0), (105.0, 148.0), (74.0, 105.0)),
    *((250.0, 353.0), (176.0, 250.0), (210.0, 330.0), (215.9, 279.4), (215.9, 355.6), (279.4, 431.8)),
)
"""ISO 216 A3 to A7, B4 and B5; Folio; ANSI/ASME Y14.1 Letter and Ledger, and Legal: paper sold as such."""


def notice(separation: Separation, pages: Sequence[ReadPage], settings: CompletenessSettings) -> Separation:
    """`separation` with a doubt on each document that pages may be missing from or be in twice.

    `pages` are all that were separated, in the order of the paper. Nothing is moved or taken out.
    """
    too_long = _too_long(pages, settings.double_feed_mm) if settings.double_feeds else {}
    beside = _documents_beside(separation, pages)
    by_document: dict[int, list[Reason]] = {}
    for ref, reason in too_long.items():
        if (number := beside.get(ref)) is not None:
            by_document.setdefault(number, []).append(reason)
    documents = []
    for number, document in enumerate(separation.documents):
        doubts = by_document.get(number, [])
        if settings.page_numbers:
            doubts = [*_number_doubts(document.pages), *doubts]
        if settings.repeated_pages:
            doubts = [*doubts, *_repeated(document.pages)]
        documents.append(replace(document, doubts=(*document.doubts, *doubts)) if doubts else document)
    return replace(separation, documents=tuple(documents))


@dataclass(slots=True)
class _Run:
    """Pages that count to one total, “1 von 4” to “4 von 4”; `between` are unnumbered pages before each."""

    of: int
    numbers: list[int] = field(default_factory=list)
    between: list[int] = field(default_factory=list)
    pages: list[ReadPage] = field(default_factory=list)
    after: int = 0

    def doubts(self) -> Iterator[Reason]:
        if missing := self._missing():
            sentence = _("The pages are numbered up to %(of)d, but of these none was found: %(missing)s.")
            text = sentence % {"of": self.of, "missing": _listed(missing)}
            yield Reason("page_number_gap", text)
        content: dict[int, set[str]] = {}
        for number, page in zip(self.numbers, self.pages, strict=True):
            content.setdefault(number, set()).add(page.reading.content_sha256)
        if twice := sorted(number for number, seen in content.items() if len(seen) > 1):
            sentence = _("There is more than one page with the number %(numbers)s of %(of)d.")
            text = sentence % {"of": self.of, "numbers": _listed(twice)}
            yield Reason("page_number_repeated", text)
        if any(later < earlier for earlier, later in pairwise(self.numbers)):
            sentence = _("The pages do not lie in the order of their numbers: %(numbers)s.")
            text = sentence % {"numbers": ", ".join(map(str, self.numbers))}
            yield Reason("page_number_disorder", text)

    def _missing(self) -> list[int]:
        """Numbers that no page bears, unless pages without a number lie where they belong."""
        missing = sorted(set(range(1, self.of + 1)) - set(self.numbers))
        if self.numbers != sorted(self.numbers):
            return missing if len(missing) > sum(self.between) + self.after else []
        lost: list[int] = []
        bounds = pairwise([0, *self.numbers, self.of + 1])
        for (lower, upper), unnumbered in zip(bounds, [*self.between, self.after], strict=True):
            lacking = range(lower + 1, upper)
            if len(lacking) > unnumbered:
                lost += lacking
        return lost


def _number_doubts(pages: Sequence[ReadPage]) -> Iterator[Reason]:
    numbers = [page_number(page.reading) for page in pages]
    for run in _runs(pages, numbers):
        yield from run.doubts()
    yield from _steps(numbers)


def _runs(pages: Sequence[ReadPage], numbers: Sequence[PageNumber | None]) -> list[_Run]:
    """Pages with a total, parted where a new count begins."""
    runs: list[_Run] = []
    unnumbered = 0
    for page, number in zip(pages, numbers, strict=True):
        if number is None or number.of is None:
            unnumbered += 1
            continue
        run = runs[-1] if runs else None
        if run is not None:
            run.after = unnumbered
        ended = run is not None and run.numbers[-1] == run.of
        anew = ended and unnumbered >= number.number - 1
        if run is None or run.of != number.of or anew:
            run = _Run(number.of)
            runs.append(run)
        run.numbers.append(number.number)
        run.between.append(unnumbered)
        run.pages.append(page)
        unnumbered = 0
    if runs:
        runs[-1].after = unnumbered
    return runs


def _steps(numbers: Sequence[PageNumber | None]) -> Iterator[Reason]:
    """Numbers without a total that begin with 2, or skip some: “Seite 2”, then “Seite 4”."""
    plain = [(place, found.number) for place, found in enumerate(numbers) if found and found.of is None]
    if plain[:1] == [(0, 2)]:
        yield Reason(
            "page_number_gap", _("The first page bears the number 2; the one before it may be missing.")
        )
    for (place, number), (next_place, next_number) in pairwise(plain):
        lacking = range(number + 1, next_number)
        between = next_place - place - 1
        if between < len(lacking) <= MOST_SKIPPED:
            sentence = _("After page number %(before)d comes %(after)d; a page may be missing.")
            text = sentence % {"before": number, "after": next_number}
            yield Reason("page_number_gap", text)


def _repeated(pages: Sequence[ReadPage]) -> Iterator[Reason]:
    for one, other in pairwise(pages):
        if one.reading.content_sha256 != other.reading.content_sha256 or one.reading.failed is not None:
            continue
        if one.reading.blank is not BlankVerdict.NOT_BLANK:
            continue
        sentence = _(
            "Page %(page)d of %(source)s and page %(next_page)d of %(next_source)s are the same image."
        )
        facts = {
            "page": one.ref.source_page,
            "source": one.ref.source,
            "next_page": other.ref.source_page,
            "next_source": other.ref.source,
        }
        yield Reason("page_repeated", sentence % facts)


def _too_long(pages: Sequence[ReadPage], more_mm: float) -> dict[PageRef, Reason]:
    """Pages that are longer than the others of their file that are as wide: two sheets may overlap."""
    by_source: dict[str, list[ReadPage]] = {}
    for page in pages:
        if page.reading.failed != "no_image":
            by_source.setdefault(page.ref.source_sha256, []).append(page)
    found = {}
    for together in by_source.values():
        for page in together:
            usual = _usual_length(page, together)
            if usual is not None and _sticks_out(page, usual, more_mm):
                found[page.ref] = _double_feed(page, usual)
    return found


def _usual_length(page: ReadPage, together: Sequence[ReadPage]) -> float | None:
    """The length that most other pages of the same width have, mm; None where there is none."""
    width, _length = _as_fed(page)
    lengths = [
        length
        for other in together
        for other_width, length in (_as_fed(other),)
        if other is not page and abs(other_width - width) <= SAME_WIDTH_MM
    ]
    if len(lengths) < NEIGHBOURS:
        return None
    usual = median(lengths)
    alike = [length for length in lengths if abs(length - usual) <= SAME_WIDTH_MM]
    return usual if len(alike) >= NEIGHBOURS and 2 * len(alike) > len(lengths) else None


def _sticks_out(page: ReadPage, usual_mm: float, more_mm: float) -> bool:
    """Longer than usual, not of another format, and less than two sheets end to end."""
    width, length = _as_fed(page)
    # A sheet drawn in askew is measured longer by as much as its upper edge climbs.
    askew = width * math.sin(math.radians(abs(page.reading.geometry.skew_degrees)))
    if not usual_mm + more_mm + askew < length <= 2 * usual_mm:
        return False
    return not any(
        abs(width - short) <= FORMAT_TOLERANCE_MM and abs(length - long) <= FORMAT_TOLERANCE_MM
        for format_mm in FORMATS_MM
        for short, long in (format_mm, format_mm[::-1])
    )


def _as_fed(page: ReadPage) -> tuple[float, float]:
    """Width and length as the scanner saw them: before the page was turned upright. mm."""
    geometry = page.reading.geometry
    if geometry.rotation in (90, 270):
        return geometry.height_mm, geometry.width_mm
    return geometry.width_mm, geometry.height_mm


def _double_feed(page: ReadPage, usual_mm: float) -> Reason:
    sentence = _(
        "Page %(page)d of %(source)s is %(length).0f mm long, the others %(usual).0f mm;"
        " two sheets may have been drawn in at once, one hiding part of the other."
    )
    facts = {
        "page": page.ref.source_page,
        "source": page.ref.source,
        "length": _as_fed(page)[1],
        "usual": usual_mm,
    }
    return Reason("double_feed_suspected", sentence % facts)


def _documents_beside(separation: Separation, pages: Sequence[ReadPage]) -> dict[PageRef, int]:
    """Which document holds a page, or lies before it where it was set aside; after it where none does."""
    holding = {
        page.ref: number for number, document in enumerate(separation.documents) for page in document.pages
    }
    beside: dict[PageRef, int] = {}
    last = next((holding[page.ref] for page in pages if page.ref in holding), None)
    for page in pages:
        last = holding.get(page.ref, last)
        if last is not None:
            beside[page.ref] = last
    return beside


def _listed(numbers: Sequence[int]) -> str:
    """`2, 4–6`."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] + 1 == number:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in runs)
