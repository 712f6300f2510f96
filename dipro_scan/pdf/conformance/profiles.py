"""The header of ICC profiles (ICC.1:2010, 7.2)."""

from __future__ import annotations

from typing import Final, NamedTuple

from pikepdf import Stream

from dipro_scan.pdf.conformance.inspected import decoded

COMPONENTS: Final = {"GRAY": 1, "RGB ": 3, "CMYK": 4, "Lab ": 3}
_HEADER_BYTES: Final = 128


class ProfileHeader(NamedTuple):
    major_version: int
    device_class: str
    colour_space: str


def profile_header(profile: Stream) -> ProfileHeader | None:
    """None where the stream is no ICC profile."""
    data = decoded(profile)
    if data is None or len(data) < _HEADER_BYTES or data[36:40] != b"acsp":
        return None
    return ProfileHeader(data[8], data[12:16].decode("latin-1"), data[16:20].decode("latin-1"))
