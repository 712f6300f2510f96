"""Streams and words → PDF/A, and the proof that it is PDF/A.

`write_pdf` makes the scan product: the source's own image streams, placed and straightened by a matrix, with
the words read on them lying invisibly over their ink. `check_pdfa` says clause by clause what keeps a file
from being PDF/A-2. `notice_page` prints a sheet in place of an image that cannot be shown.
"""

from __future__ import annotations

from dipro_scan.pdf.conformance import Level, Violation, check_pdfa
from dipro_scan.pdf.job import PdfJob, PdfPage
from dipro_scan.pdf.notice import notice_page
from dipro_scan.pdf.writer import write_pdf

__all__ = ["Level", "PdfJob", "PdfPage", "Violation", "check_pdfa", "notice_page", "write_pdf"]
