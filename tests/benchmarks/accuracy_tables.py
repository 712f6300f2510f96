"""The result of the accuracy benchmark for people: tables of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

from accuracy_limits import HISTORICAL, LAID_GROUPS, REAL_GROUPS, SEVEN_GROUPS
from measuring import table
from reading_faults import KINDS, Faults

GROUPS: Final = (*SEVEN_GROUPS, *LAID_GROUPS, *REAL_GROUPS, HISTORICAL)
"""In the order shown; a group that is not named here comes after them."""

MEASURES: Final = {
    "character error, %": "cer_percent",
    "mean of capped pages, %": "mean_capped_page_cer_percent",
    "median page's, %": "median_page_cer_percent",
    "word error, %": "wer_percent",
    "word F1, %": "word_f1_percent",
}


def in_group_order(groups: Iterable[str]) -> list[str]:
    return sorted(groups, key=lambda name: (GROUPS.index(name) if name in GROUPS else len(GROUPS), name))


def shown(result: Mapping[str, Any]) -> str:
    """Measures by group and reader; faults and kinds of characters; ratios; pages that are worse; limits."""
    groups: Mapping[str, Mapping[str, Any]] = result["groups"]
    parts = [
        *(_measure(groups, label, key) for label, key in MEASURES.items()),
        _faults(groups),
        _kinds(groups),
        _ratios(result, "error, % (see accuracy_limits.py)"),
        *_worse_pages(result, "clearly worse than OCRmyPDF"),
        _ratios(result["print_alone"], "print alone: error, %"),
        *_worse_pages(result["print_alone"], "print alone: clearly worse"),
        *_order_free_pages(result),
        "\n".join(_verdicts(result["limits"])),
    ]
    return "\n\n".join(parts)


def _readers(groups: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return list(next(iter(groups.values()))["readers"])


def _measure(groups: Mapping[str, Mapping[str, Any]], label: str, key: str) -> str:
    readers = _readers(groups)
    rows = [
        [group, str(part["pages"]), *(_cell(part["readers"][name][key]) for name in readers)]
        for group, part in groups.items()
    ]
    return table([label, "pages", *readers], rows)


def _cell(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _faults(groups: Mapping[str, Mapping[str, Any]]) -> str:
    """Counts of characters; those displaced were read right, and `order` is what that cost."""
    kinds = [field.name for field in fields(Faults)]
    rows = [
        [f"{group}, {name}", str(part["readers"][name]["character_errors"])]
        + [str(part["readers"][name]["faults"][kind]) for kind in kinds]
        for group, part in groups.items()
        for name in _readers(groups)
    ]
    return table(["characters", "errors", *kinds], rows)


def _kinds(groups: Mapping[str, Mapping[str, Any]]) -> str:
    """Read right of those in the truth, in percent: generated, real and historical pages apart."""
    ranges = {
        "generated": [name for name in groups if name not in (*REAL_GROUPS, HISTORICAL)],
        "real": [name for name in groups if name in REAL_GROUPS],
        "historical": [name for name in groups if name == HISTORICAL],
    }
    readers = _readers(groups)
    rows = []
    for label, names in ranges.items():
        for kind in KINDS if names else ():
            counts = {
                reader: [groups[name]["readers"][reader]["characters_by_kind"][kind] for name in names]
                for reader in readers
            }
            rows.append(_kind_row(f"{label}, {kind}", counts))
    return table(["characters read right, %", "in truth", *readers], rows)


def _kind_row(label: str, counts: Mapping[str, Sequence[Mapping[str, int]]]) -> list[str]:
    in_truth = sum(part["in_truth"] for part in next(iter(counts.values())))
    shares = [
        100 * sum(part["read_right"] for part in parts) / in_truth if in_truth else None
        for parts in counts.values()
    ]
    return [label, str(in_truth), *map(_cell, shares)]


def _ratios(result: Mapping[str, Any], label: str) -> str:
    ratios: Mapping[str, Mapping[str, Any]] = result["ratios"]
    rows = [
        [group, *(_cell(value, 0 if key == "pages" else 3) for key, value in part.items())]
        for group, part in ratios.items()
    ]
    rows.append(["mean of the seven", "", "", "", _cell(result["mean_ratio"], 3)])
    return table([label, "pages", "ours", "ocrmypdf_full", "ratio"], rows)


def _worse_pages(result: Mapping[str, Any], label: str) -> Iterator[str]:
    if result["worse_pages"]:
        rows = [
            [f"{page['group']}, {page['file']}", str(page["characters"])]
            + [str(count) for count in page["character_errors"].values()]
            + [_cell(rate) for rate in page["cer_percent"].values()]
            for page in result["worse_pages"]
        ]
        yield table([label, "characters", "our errors", "theirs", "ours, %", "theirs, %"], rows)


def _order_free_pages(result: Mapping[str, Any]) -> Iterator[str]:
    if result["order_free_pages"]:
        pages = result["order_free_pages"]
        rows = [[page["file"], *map(_cell, page["word_f1_percent"].values())] for page in pages]
        yield table(["word F1 alone, %", *pages[0]["word_f1_percent"]], rows)


def _verdicts(limits: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for limit in limits:
        verdict = "holds" if limit["holds"] else "DOES NOT HOLD"
        asked = f"at least {limit['at_least']}" if "at_least" in limit else f"at most {limit['at_most']}"
        measured = "no number" if limit["measured"] is None else f"{limit['measured']:g}"
        yield f"{verdict}: {limit['what']}: {measured} ({asked})"
