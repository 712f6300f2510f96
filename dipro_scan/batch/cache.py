"""Readings and encoded images by key: what was read once is not read again.

A key is the hash of the page's bytes, the settings that bear on reading it and the versions of everything
that reads. The reading is compressed JSON with a schema number; the stream, dropped once its document is
filed, is a line of JSON and the encoded bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import tempfile
import zlib
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from dipro_scan.model import READING_SCHEMA, ImageStream, PageReading, Unwritable
from dipro_scan.translation import _, os_reason

_READING = TypeAdapter(PageReading)
_STREAM = TypeAdapter(ImageStream)
_BINARY_PARTS = ("data", "palette", "icc_profile", "jbig2_globals")


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

    def put(self, key: str, reading: PageReading, stream: ImageStream) -> None:
        """Keeps both. The stream comes first: a reading that is there has had its stream."""
        write_stream(self.stream_path(key), stream)
        bare = _READING.dump_python(replace(reading, thumbnail=b""), mode="json")
        thumbnail = base64.b64encode(reading.thumbnail).decode()
        data = {"schema": READING_SCHEMA, **bare, "thumbnail": thumbnail}
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        _write_whole(self.reading_path(key), zlib.compress(text.encode(), 6))


def write_stream(path: Path, stream: ImageStream) -> None:
    """Writes an encoded image; `read_stream` gives back an equal one."""
    parts = [getattr(stream, name) for name in _BINARY_PARTS]
    head: dict[str, Any] = {part.name: getattr(stream, part.name) for part in fields(stream)}
    head |= dict(zip(_BINARY_PARTS, map(len, parts), strict=True))
    line = json.dumps({"schema": 1, **head}, separators=(",", ":"))
    _write_whole(path, b"".join([line.encode(), b"\n", *parts]))


def read_stream(path: Path) -> ImageStream:
    """The encoded image that `write_stream` wrote."""
    with path.open("rb") as file:
        head = json.loads(file.readline())
        head.pop("schema")
        parts = {name: file.read(head.pop(name)) for name in _BINARY_PARTS}
    return _STREAM.validate_python({**head, **parts})


def _write_whole(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    except OSError as error:
        raise _unwritable(path.parent, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise _unwritable(path.parent, error) from error
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _unwritable(folder: Path, error: OSError) -> Unwritable:
    return Unwritable(
        _("%(folder)s cannot be written (%(why)s): make room or check your permissions, then run again.")
        % {"folder": folder, "why": os_reason(error)}
    )
