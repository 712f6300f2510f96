"""Settings that may change while they are in use: taken up whole, or not at all."""

from __future__ import annotations

import math
from pathlib import Path

from dipro_scan.batch.configuring import load_configuration
from dipro_scan.model import SettingsError, UsageProblem
from dipro_scan.settings import Configuration
from dipro_scan.translation import _

_Fingerprint = frozenset[tuple[str, int, int]]


class WatchedSettings:
    """The configuration in force, and whether its files say something else by now.

    `pipeline` is a name or a file, `overlay` the city's own folder. Raises SettingsError at the start;
    later an invalid change leaves the old settings in force and stands in `problem`. So does a file that is
    gone: where a drive is not there any more, the shipped settings must not take the place of the city's.
    """

    def __init__(self, pipeline: str, overlay: Path | None) -> None:
        self._pipeline = pipeline
        self._overlay = overlay
        self._seen = self._in_force = self._look()
        self._seen_at: float | None = None
        self.configuration: Configuration = load_configuration(pipeline, overlay)
        self.problem: SettingsError | None = None

    def refresh(self, now: float, quiet_seconds: float) -> bool:
        """Looks at the files, and loads them where they changed; whether anything came of it.

        `now` is a steady clock's. Changed files are loaded once nothing changed among them for
        `quiet_seconds`: whoever copies a folder copies one file after the other. True also where the change
        is invalid, or an invalid one was taken back: `problem` tells.
        """
        found = self._look()
        if found != self._seen:
            self._seen, self._seen_at = found, now
        if self._seen_at is None or now - self._seen_at < quiet_seconds:
            return False
        self._seen_at = None
        before = self.problem
        try:
            self._nothing_gone(found)
            loaded = load_configuration(self._pipeline, self._overlay)
        except (SettingsError, UsageProblem) as error:
            self.problem = error if isinstance(error, SettingsError) else SettingsError(str(error))
            return True
        self.problem = None
        self._in_force = found
        changed = loaded.sha256 != self.configuration.sha256
        self.configuration = loaded
        return changed or before is not None

    def wait_seconds(self, now: float, quiet_seconds: float) -> float:
        """How long until changed files may be loaded; infinite where nothing changed."""
        return math.inf if self._seen_at is None else max(0.0, self._seen_at + quiet_seconds - now)

    def _nothing_gone(self, found: _Fingerprint) -> None:
        gone = sorted(
            {path for path, _size, _time in self._in_force} - {path for path, _size, _time in found}
        )
        if gone:
            sentence = _(
                "%(path)s is gone. The settings from before stay in force; put the file back, or start the"
                " watch again if it is meant to be gone."
            )
            raise SettingsError(sentence % {"path": gone[0]})

    def _look(self) -> _Fingerprint:
        """Names, sizes and times of the city's own files; the shipped ones change with the program only."""
        files = []
        if self._overlay is not None:
            files += [path for path in self._overlay.rglob("*") if path.suffix in (".yaml", ".yml")]
        if self._pipeline.endswith((".yaml", ".yml")):
            files.append(Path(self._pipeline))
        return frozenset(fact for path in files if (fact := _facts(path)) is not None)


def _facts(path: Path) -> tuple[str, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return (str(path), status.st_size, status.st_mtime_ns)
