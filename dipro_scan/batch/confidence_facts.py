"""How sure a page's text is, as JSON values for records and for `inspect`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dipro_scan.model import Rereading, TextConfidence


def confidence_json(confidence: TextConfidence | None) -> dict[str, Any] | None:
    """Shares 0-1; `quantiles` by the share of the text (`"0.1"`), `worst_region_mm` as [x0, y0, x1, y1]."""
    if confidence is None:
        return None
    region = confidence.worst_region
    return {
        "mean": confidence.mean,
        "quantiles": {f"{share:g}": value for share, value in confidence.quantiles},
        "worst": confidence.worst,
        "worst_region_mm": None if region is None else [round(edge, 2) for edge in region],
    }


def rereadings_json(rereadings: Sequence[Rereading]) -> list[dict[str, Any]]:
    """Each line that was read again: where, how, by whom, and whether and why its words were taken."""
    return [
        {
            "box_mm": [round(edge, 2) for edge in each.box],
            "treatment": each.treatment,
            "engine": each.engine,
            "taken": each.taken,
            "before": each.before,
            "after": each.after,
            "why": each.why,
        }
        for each in rereadings
    ]
