"""Settings that may change while they are in use: taken up whole, or not at all."""

from __future__ import annotations

from pathlib import Path

from dipro_scan.batch.configuring import load_configuration
from dipro_scan.model import SettingsError
from dipro_scan.settings import Configuration

_Fingerprint = frozenset[tuple[str, int, int]]


class WatchedSettings:
    """The configuration in force, and whether its files say something else by now.

    `pipeline` is a name or a file, `overlay` the city's own folder. Raises SettingsError at the start;
    later an invalid change leaves the old settings in force and stands in `problem`.
    """

    def __init__(self, pipeline: str, overlay: Path | None) -> None:
        self._pipeline = pipeline
        self._overlay = overlay
        self._fingerprint = self._look()
        self.configuration: Configuration = load_configuration(pipeline, overlay)
        self.problem: SettingsError | None = None

    def refresh(self) -> bool:
        """Looks at the files, and loads them where they changed; whether anything came of it.

        True also where the change is invalid, or an invalid one was taken back: `problem` tells.
        """
        found = self._look()
        if found == self._fingerprint:
            return False
        self._fingerprint = found
        before = self.problem
        try:
            loaded = load_configuration(self._pipeline, self._overlay)
        except SettingsError as error:
            self.problem = error
            return True
        self.problem = None
        changed = loaded.sha256 != self.configuration.sha256
        self.configuration = loaded
        return changed or before is not None

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
