"""Reading files that people edit, up to a size that such a file never has."""

from __future__ import annotations

from pathlib import Path

from dipro_scan.model import SettingsError
from dipro_scan.translation import _, os_reason

MAX_BYTES = 2_000_000


def read_limited(path: Path) -> bytes | None:
    """The bytes of `path`; None where there are more than `MAX_BYTES`. Raises SettingsError."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SettingsError(
            _("%(file)s cannot be read (%(why)s); check the file and its permissions.")
            % {"file": path, "why": os_reason(error)}
        ) from error
    return data if len(data) <= MAX_BYTES else None
