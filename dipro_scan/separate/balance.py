"""No page is ever lost: the sum that must come out (TR-03138 A.NB.3, completeness)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from dipro_scan.model import BalanceBroken, PageRef, Separation
from dipro_scan.translation import _


def check_complete(expected: Collection[PageRef], separation: Separation) -> None:
    """Returns where `separation` names each expected page exactly once, and no other.

    Raises BalanceBroken naming the first page that is missing, there twice, or not expected.
    """
    wanted, found = Counter(expected), Counter(separation.refs())
    if wanted == found:
        return
    for ref in [*wanted, *found]:
        if found[ref] < wanted[ref]:
            sentence = _("Page %(page)d of %(source)s is in no document; nothing of this batch is released.")
        elif wanted[ref] == 0:
            sentence = _("Page %(page)d of %(source)s was never scanned; nothing of this batch is released.")
        elif found[ref] > wanted[ref]:
            sentence = _("Page %(page)d of %(source)s is there twice; nothing of this batch is released.")
        else:
            continue
        raise BalanceBroken(sentence % {"page": ref.source_page, "source": ref.source})
