"""What a run left in the inbox, a sentence for each kind of file."""

from __future__ import annotations

from collections.abc import Sequence

from dipro_scan.batch.result import RunResult
from dipro_scan.translation import ngettext

_NAMED_AT_MOST = 3


def left_lines(result: RunResult) -> list[str]:
    """What lies in the inbox for a later run, a sentence for each kind; it names a few of the files."""
    lines = []
    if names := result.unsettled:
        sentence = ngettext(
            "%(count)d file is still being written and was left for the next run: %(names)s.",
            "%(count)d files are still being written and were left for the next run: %(names)s.",
            len(names),
        )
        lines.append(sentence % {"count": len(names), "names": some_names(names, _NAMED_AT_MOST)})
    if names := result.halves:
        sentence = ngettext(
            "%(count)d file holds one side of a stack and waits in the inbox for the other: %(names)s.",
            "%(count)d files hold one side of a stack and wait in the inbox for the other: %(names)s.",
            len(names),
        )
        lines.append(sentence % {"count": len(names), "names": some_names(names, _NAMED_AT_MOST)})
    if names := result.orphan_tickets:
        sentence = ngettext(
            "%(count)d ticket lies in the inbox without its scan; find out whose it is: %(names)s.",
            "%(count)d tickets lie in the inbox without their scans; find out whose they are: %(names)s.",
            len(names),
        )
        lines.append(sentence % {"count": len(names), "names": some_names(names, _NAMED_AT_MOST)})
    return lines


def some_names(names: Sequence[str], limit: int) -> str:
    """At most `limit` of the names, and a sign where there are more."""
    more = ["…"] if len(names) > limit else []
    return ", ".join([*names[:limit], *more])
