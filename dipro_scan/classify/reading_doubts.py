"""Where a page's text is too unsure to be filed unseen."""

from __future__ import annotations

from dipro_scan.model import Box, PageReading, Reason
from dipro_scan.settings.confidence_settings import LOW, LOW_REGION, ConfidenceSettings
from dipro_scan.translation import _, number


def reading_doubts(
    reading: PageReading, page: int, min_mean: float, limits: ConfidenceSettings
) -> list[Reason]:
    """Reasons by today's limits, whatever they were when the page was read; `page` counts from 1."""
    confidence = reading.confidence
    mean = confidence.mean if confidence is not None else reading.text.mean_confidence
    if mean is None:
        return []
    reasons = []
    tenth = limits.lowest_tenth(confidence) if confidence is not None else None
    if mean < min_mean:
        sentence = _("Page %(page)d was read with a mean confidence of %(value).2f; %(limit).2f is asked.")
        reasons.append(Reason(LOW, sentence % {"page": page, "value": mean, "limit": min_mean}))
    elif tenth is not None:
        sentence = _(
            "A tenth of the words on page %(page)d was read with a confidence below %(value).2f;"
            " %(limit).2f is asked."
        )
        values = {"page": page, "value": tenth, "limit": limits.min_lowest_tenth}
        reasons.append(Reason(LOW, sentence % values))
    if confidence is None or confidence.worst_region is None:
        return reasons
    if LOW_REGION in limits.doubts_of(confidence, min_mean):
        reasons.append(_place_reason(confidence.worst_region, confidence.worst, page, limits.min_region))
    return reasons


def _place_reason(region: Box, worst: float, page: int, limit: float) -> Reason:
    sentence = _(
        "On page %(page)d the text %(top)s to %(bottom)s mm from the top was read with a confidence of"
        " %(value).2f only; %(limit).2f is asked. Compare it with the paper."
    )
    values = {
        "page": page,
        "top": number(region.y0, 0),
        "bottom": number(region.y1, 0),
        "value": worst,
        "limit": limit,
    }
    return Reason(LOW_REGION, sentence % values)
