"""Telling what a person mended, for all commands that mend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dipro_scan.cli.options import Shared
from dipro_scan.cli.output import print_json, print_text

if TYPE_CHECKING:
    from dipro_scan.batch.correcting import Mended


def print_mended(shared: Shared, mended: Mended, *, json: bool) -> int:
    """Prints what came of a correction; gives the exit code."""
    from dipro_scan.report import mended_json, mended_text

    if json:
        print_json(mended_json(mended))
    elif not shared.quiet:
        print_text(mended_text(mended))
    return 0
