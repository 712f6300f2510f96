"""How sure a page's text is, as JSON values for records and for `inspect`."""

from __future__ import annotations

from typing import Any

from dipro_scan.model import TextConfidence


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
