"""Runs every rule over one file."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from pathlib import Path

import pikepdf

from dipro_scan.pdf.conformance.annotations import check_annotations
from dipro_scan.pdf.conformance.catalogue import check_catalogue
from dipro_scan.pdf.conformance.colour import check_output_intents
from dipro_scan.pdf.conformance.embedded_files import check_embedded_files
from dipro_scan.pdf.conformance.file_syntax import check_file_syntax
from dipro_scan.pdf.conformance.findings import Level, Violation
from dipro_scan.pdf.conformance.inspected import FileBytes, Inspected
from dipro_scan.pdf.conformance.objects import check_objects
from dipro_scan.pdf.conformance.pages import check_pages
from dipro_scan.pdf.conformance.unicode_names import check_unicode_names
from dipro_scan.pdf.conformance.xmp import check_metadata
from dipro_scan.translation import _

_RULES = (
    check_file_syntax,
    check_objects,
    check_unicode_names,
    check_catalogue,
    check_embedded_files,
    check_output_intents,
    check_annotations,
    check_pages,
    check_metadata,
)


def check_pdfa(path: Path, level: Level = "2u") -> tuple[Violation, ...]:
    """What keeps the file from being PDF/A of this part and level; empty where nothing was found.

    Clauses are those of ISO 19005-2, whose numbers ISO 19005-3 keeps; it differs only in what may be embedded
    (6.8) and in the part that the metadata name (6.6.4). Raises OSError where the file cannot be read.
    """
    with path.open("rb") as file:
        if not path.stat().st_size:
            return (Violation("6.1", "file", _("The file is empty.")),)
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _check(path, data, level)


def _check(path: Path, data: FileBytes, level: Level) -> tuple[Violation, ...]:
    try:
        with pikepdf.open(path, inherit_page_attributes=False, suppress_warnings=True) as pdf:
            inspected = Inspected(data, pdf, level)
            for rule in _RULES:
                _apply(rule, inspected)
            return inspected.findings.violations()
    except pikepdf.PasswordError:
        return (Violation("6.1.3", "trailer", _("The file is encrypted.")),)
    except pikepdf.PdfError as error:
        return (Violation("6.1", "file", _("The file cannot be read as PDF: %(error)s") % {"error": error}),)


def _apply(rule: Callable[[Inspected], None], inspected: Inspected) -> None:
    """Runs one rule. A damaged or hostile file can break any of them; what cannot be judged is refused."""
    try:
        rule(inspected)
    except Exception as error:
        inspected.findings.add(
            "6.1",
            rule.__name__.removeprefix("check_"),
            _("The file holds something that cannot be read: %(error)s") % {"error": error},
        )
