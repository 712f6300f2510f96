"""Typesets, wears and "scans" municipal paper that never existed, and tells the truth about it.

Everything comes from seeds: people, firms and numbers are invented (their check digits are valid), the
same seed and the same library versions give the same pixels. Three sets of templates never mix:

`samples`  the committed scans that a newcomer runs
`tuning`   what developers look at while they work on thresholds and phrases
`report`   what tests and benchmarks report on; nobody tunes on it
"""

from __future__ import annotations
