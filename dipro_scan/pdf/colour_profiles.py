"""ICC profiles: the sRGB profile of our output intent, and which source profiles PDF/A-2 allows."""

from __future__ import annotations

from functools import cache
from typing import Final

from PIL import ImageCms

from dipro_scan.model import ColourSpace

HEADER_BYTES: Final = 128
_CREATED = slice(24, 36)
_PROFILE_ID = slice(84, 100)
_FIXED_DATE = bytes.fromhex("07d0 0001 0001 0000 0000 0000")
_INPUT_CLASSES = (b"scnr", b"mntr", b"prtr", b"spac")
_SPACES = {ColourSpace.GRAY: b"GRAY", ColourSpace.RGB: b"RGB ", ColourSpace.INDEXED: b"RGB "}


@cache
def srgb_profile() -> bytes:
    """An sRGB display profile (ICC version 4), the same bytes at every call and on every day.

    The date of creation is set to 2000-01-01 and the profile id, which depends on it, to "not computed"
    (ICC.1:2010, 7.2).
    """
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_CREATED] = _FIXED_DATE
    profile[_PROFILE_ID] = bytes(16)
    return bytes(profile)


def allowed_source_profile(profile: bytes, colour_space: ColourSpace) -> bool:
    """Whether an image may declare this profile: ISO 19005-2, 6.2.4.2 and ICC.1:2010, 7.2.

    It must be whole, of a device class that can describe an image, older than ICC version 5, and for as many
    components as the image has.
    """
    if len(profile) < HEADER_BYTES or profile[36:40] != b"acsp":
        return False
    return (
        int.from_bytes(profile[0:4], "big") == len(profile)
        and profile[8] < 5
        and profile[12:16] in _INPUT_CLASSES
        and profile[16:20] == _SPACES[colour_space]
    )
