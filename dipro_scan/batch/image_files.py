"""Encoded images on disk, between the worker that made them and the one that puts them into a record.

A file is a line of JSON, which says what follows, and the encoded bytes.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, BinaryIO, Final

from pydantic import TypeAdapter

from dipro_scan.model import CompactImage, ImageStream, StoredImage, Unwritable
from dipro_scan.translation import _, os_reason

_SCHEMA: Final = 2
_STREAM: Final = TypeAdapter(ImageStream)
_BINARY_PARTS: Final = ("data", "palette", "icc_profile", "jbig2_globals")


def write_image(path: Path, image: StoredImage) -> None:
    """Writes an encoded image; `read_image` gives back an equal one. Raises Unwritable."""
    layers = None
    if isinstance(image, CompactImage):
        flat = None if isinstance(image.inks, ImageStream) else image.inks
        layers = {"width_px": image.width_px, "height_px": image.height_px, "ink": flat}
    streams = (image,) if isinstance(image, ImageStream) else image.streams
    head = {"schema": _SCHEMA, "layers": layers, "streams": [_facts(stream) for stream in streams]}
    line = json.dumps(head, separators=(",", ":")).encode()
    parts = (getattr(stream, name) for stream in streams for name in _BINARY_PARTS)
    write_whole(path, b"".join([line, b"\n", *parts]))


def read_image(path: Path) -> StoredImage:
    """The encoded image that `write_image` wrote."""
    with path.open("rb") as file:
        head = json.loads(file.readline())
        first, *others = _streams(head["streams"], file)
    layers = head["layers"]
    if layers is None:
        return first
    mask = others[0] if others else None
    inks = others[1] if len(others) > 1 else tuple(layers["ink"])
    return CompactImage(layers["width_px"], layers["height_px"], first, mask, inks)


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file of a folder that may not exist yet: all of it or nothing. Raises Unwritable."""
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


def _facts(stream: ImageStream) -> dict[str, Any]:
    """All of a stream, but of what is binary the length alone."""
    facts = {part.name: getattr(stream, part.name) for part in fields(stream)}
    return facts | {name: len(facts[name]) for name in _BINARY_PARTS}


def _streams(heads: list[Mapping[str, Any]], file: BinaryIO) -> Iterator[ImageStream]:
    for head in heads:
        parts = {name: file.read(head[name]) for name in _BINARY_PARTS}
        yield _STREAM.validate_python({**head, **parts})


def _unwritable(folder: Path, error: OSError) -> Unwritable:
    return Unwritable(
        _("%(folder)s cannot be written (%(why)s): make room or check your permissions, then run again.")
        % {"folder": folder, "why": os_reason(error)}
    )
