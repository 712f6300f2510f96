"""When lines are read again, and how much of that a page may cost."""

from __future__ import annotations

from pydantic import Field

from dipro_scan.settings.base import Settings, Share


class RereadingSettings(Settings):
    """Which lines are doubtful, when a second reading counts as better, and where it ends.

    Scores are estimated shares of right characters (0-1). A line with a word below `doubtful_below` is read
    again, in one way after the other, until it has none any more. Words are replaced where the score of the
    new ones is better by `margin` and at least `least_score`; numbers only where the engine is surer of the
    new one by `number_margin` as well.

    `most_lines` and `most_share` limit what a page may cost: so many lines, and so much print, in shares of
    the width of all its lines. The widths stand for time: a clock would make readings differ between two
    runs. `few_lines` are always granted. `enabled`: false keeps every first reading.
    """

    enabled: bool = True
    doubtful_below: Share = 0.85
    margin: Share = 0.1
    least_score: Share = 0.7
    number_margin: Share = 0.2
    most_lines: int = Field(24, ge=0, le=1000)
    most_share: Share = 0.5
    few_lines: int = Field(4, ge=0, le=1000)
