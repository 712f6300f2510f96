"""What the accuracy benchmark asks of dipro_scan beside OCRmyPDF: ratios, pages that are worse, limits.

Generated pages, in seven groups, turned, or skewed: the error of a group is the mean of its pages' character
error rates, each capped at PAGE_CAP, so that no page that nobody can read decides for its group. Real pages
are few and of very different length: their error is that of all their characters together, uncapped.

Pages whose reading order is debatable have no character error; only their word F1 is shown. Historical print
is shown apart and asked nothing: its traineddata are those of today's print.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from error_rates import Errors, total

SEVEN_GROUPS: Final = ("clean", "noisy", "form", "table", "fax", "stamp", "small_print")
LAID_GROUPS: Final = ("generated_turned", "generated_skewed")
REAL_GROUPS: Final = ("real_upright", "real_turned")
HISTORICAL: Final = "historical"

PAGE_CAP: Final = 0.20
"""The error rate beyond which a generated page counts no worse."""

LEAST_PAGES: Final = 120
"""Generated pages of the seven groups in a run that is reported."""
MEAN_OF_RATIOS: Final = 0.7
ANY_RATIO: Final = 1.0
RATIOS: Final = {
    "generated_turned": 0.9,
    "generated_skewed": 0.9,
    "real_upright": 0.9,
    "real_turned": 0.2,
}
"""How much of OCRmyPDF's error dipro_scan may make, besides the seven groups."""

WORSE_RATE: Final = 0.005
WORSE_CHARACTERS: Final = 10
"""A page is worse where it has more errors by more than both: share of its characters, and characters."""


@dataclass(frozen=True, slots=True)
class PagePair:
    """One page, read by dipro_scan and by OCRmyPDF."""

    file: str
    group: str
    ours: Errors
    theirs: Errors


@dataclass(frozen=True, slots=True)
class GroupRatio:
    """The errors of a group as shares of its characters, and ours as a multiple of theirs.

    `ratio` is 1.0 where neither has errors, and None where only ours has. `pages` are those whose order
    is compared.
    """

    pages: int
    ours: float
    theirs: float

    @property
    def ratio(self) -> float | None:
        if not self.theirs:
            return None if self.ours else 1.0
        return self.ours / self.theirs

    def at_most(self, limit: float) -> bool:
        return self.ours <= limit * self.theirs


@dataclass(frozen=True, slots=True)
class Limit:
    """Something asked, and what was measured; None where it could not be, which holds nothing."""

    what: str
    measured: float | None
    limit: float
    holds: bool
    at_least: bool = False


def capped_mean(parts: Iterable[Errors]) -> float | None:
    """The mean over pages of their character error rates, none of them above PAGE_CAP."""
    rates = [rate for part in parts if (rate := part.character_error_rate) is not None]
    return fmean(min(rate, PAGE_CAP) for rate in rates) if rates else None


def group_ratios(pairs: Sequence[PagePair]) -> dict[str, GroupRatio]:
    """By group, in the order of its first page. Groups without a page whose order counts are left out."""
    ratios = {}
    for group in dict.fromkeys(pair.group for pair in pairs):
        members = [pair for pair in pairs if pair.group == group and pair.ours.characters]
        ours, theirs = (
            _group_error(group, [getattr(pair, side) for pair in members]) for side in ("ours", "theirs")
        )
        if ours is not None and theirs is not None:
            ratios[group] = GroupRatio(len(members), ours, theirs)
    return ratios


def _group_error(group: str, parts: Sequence[Errors]) -> float | None:
    if group in SEVEN_GROUPS or group in LAID_GROUPS:
        return capped_mean(parts)
    return total(parts).character_error_rate


def mean_of_ratios(ratios: dict[str, GroupRatio]) -> float | None:
    """Over those of the seven groups that there are; None where a ratio is not a number, or none is there."""
    there = [ratios[group].ratio for group in SEVEN_GROUPS if group in ratios]
    numbers = [ratio for ratio in there if ratio is not None]
    return fmean(numbers) if numbers and len(numbers) == len(there) else None


def worse_pages(pairs: Iterable[PagePair]) -> list[PagePair]:
    """Those with more errors than OCRmyPDF made, by more than half a percentage point and ten characters."""
    return [pair for pair in pairs if _is_worse(pair)]


def _is_worse(pair: PagePair) -> bool:
    more = pair.ours.character_errors - pair.theirs.character_errors
    return more > WORSE_CHARACTERS and more > WORSE_RATE * pair.ours.characters


def limits(pairs: Sequence[PagePair], *, reported: bool) -> list[Limit]:
    """Everything asked. Of a run that is not `reported`, only what its pages can answer."""
    ratios = group_ratios(pairs)
    asked = [*_generated(pairs, ratios), *_ratio_limits(ratios), _worse(pairs)]
    if reported:
        return asked
    return [limit for limit in asked if limit.measured is not None and not limit.at_least]


def _generated(pairs: Sequence[PagePair], ratios: dict[str, GroupRatio]) -> Iterator[Limit]:
    pages = sum(pair.group in SEVEN_GROUPS for pair in pairs)
    yield Limit("generated pages in the seven groups", pages, LEAST_PAGES, pages >= LEAST_PAGES, True)
    mean = mean_of_ratios(ratios)
    holds = mean is not None and mean <= MEAN_OF_RATIOS
    yield Limit("mean of the ratios of the seven groups", mean, MEAN_OF_RATIOS, holds)


def _ratio_limits(ratios: dict[str, GroupRatio]) -> Iterator[Limit]:
    for group, limit in {**dict.fromkeys(SEVEN_GROUPS, ANY_RATIO), **RATIOS}.items():
        found = ratios.get(group)
        holds = found is not None and found.at_most(limit)
        yield Limit(f"ratio of {group}", found.ratio if found else None, limit, holds)


def _worse(pairs: Sequence[PagePair]) -> Limit:
    count = sum(pair.group != HISTORICAL for pair in worse_pages(pairs))
    return Limit("pages clearly worse than OCRmyPDF's, historical ones apart", count, 0, count == 0)
