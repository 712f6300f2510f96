"""Readings and encoded images by key: what was read once is not read again.

A key is the hash of the page's bytes, the settings that bear on reading it and the versions of everything
that reads. The reading is compressed JSON with a schema number; the encoded images beside it are dropped once
their document is filed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from dipro_scan.batch.image_files import write_image, write_whole
from dipro_scan.model import READING_SCHEMA, ImageStream, PageReading, StoredImage
from dipro_scan.model.page import smaller_path

_READING = TypeAdapter(PageReading)


def reading_key(facts: dict[str, Any]) -> str:
    """The key of a page under `facts` (JSON values): page bytes, settings, hints, versions."""
    text = json.dumps({"schema": READING_SCHEMA, **facts}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class ReadingCache:
    """Files below one folder; written whole or not at all, so any number of runs may share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def reading_path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.reading"

    def stream_path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.stream"

    def reading(self, key: str) -> PageReading | None:
        """The reading kept under `key`; None where there is none, or none that can be understood."""
        try:
            packed = self.reading_path(key).read_bytes()
            data = json.loads(zlib.decompress(packed))
            if data.pop("schema") != READING_SCHEMA:
                return None
            data["thumbnail"] = base64.b64decode(data["thumbnail"], validate=True)
            return _READING.validate_python(data)
        except (OSError, ValueError, KeyError, zlib.error, ValidationError):
            return None

    def put(
        self, key: str, reading: PageReading, stream: ImageStream, smaller: StoredImage | None = None
    ) -> None:
        """Keeps all of it. Images come first: a reading that is there has had its images."""
        path = self.stream_path(key)
        write_image(path, stream)
        if smaller is not None:
            write_image(smaller_path(path), smaller)
        bare = _READING.dump_python(replace(reading, thumbnail=b""), mode="json")
        thumbnail = base64.b64encode(reading.thumbnail).decode()
        data = {"schema": READING_SCHEMA, **bare, "thumbnail": thumbnail}
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        write_whole(self.reading_path(key), zlib.compress(text.encode(), 6))
