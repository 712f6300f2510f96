"""Is this file PDF/A-2 or PDF/A-3? An own strict checker, clause by clause, in Python alone."""

from __future__ import annotations

from dipro_scan.pdf.conformance.check import check_pdfa
from dipro_scan.pdf.conformance.findings import Level, Violation

__all__ = ["Level", "Violation", "check_pdfa"]
