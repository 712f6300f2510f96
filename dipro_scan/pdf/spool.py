"""Image streams wait on disk, not in memory, until the document is saved.

qpdf reads a stream's bytes from the file it belongs to at the moment it writes them. So the streams are first
written, as they are, into an anonymous temporary file in PDF syntax, which then becomes the document.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import pikepdf

_CATALOGUE = b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
_NO_PAGES = b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"


class StreamSpool:
    """Takes streams one by one and gives them back as objects of one new document.

    The file has no name where the system allows it: a crash leaves nothing of the scans behind.
    """

    def __init__(self, folder: Path) -> None:
        """The file lies in `folder`, never in the system's folder for temporary files: it holds scans."""
        self._file: BinaryIO = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by __exit__
        self._offsets: list[int] = []
        self._file.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        self._append(_CATALOGUE)
        self._append(_NO_PAGES)

    def __enter__(self) -> StreamSpool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, data: bytes) -> int:
        """Writes one stream; returns the number of its object in the document to come."""
        number = len(self._offsets) + 1
        self._append(
            b"%d 0 obj\n<< /Length %d >>\nstream\n" % (number, len(data)), data, b"\nendstream\nendobj\n"
        )
        return number

    def open_document(self) -> pikepdf.Pdf:
        """The document with all streams added so far and no pages. It needs the spool until it is saved."""
        start = self._file.tell()
        size = len(self._offsets) + 1
        self._file.write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
        self._file.writelines(b"%010d 00000 n \n" % offset for offset in self._offsets)
        self._file.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start))
        self._file.flush()
        self._file.seek(0)
        return pikepdf.open(self._file)

    def _append(self, *parts: bytes) -> None:
        self._offsets.append(self._file.tell())
        self._file.writelines(parts)
