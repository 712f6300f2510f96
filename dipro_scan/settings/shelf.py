"""Where the files of settings lie: a folder of the city's own over the set that comes with the program."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from dipro_scan.model import EnvironmentLacking, UsageProblem
from dipro_scan.translation import _

SITE_FILE = "site.yaml"
CLASSES = "classes"
PLANS = "aktenplan"
SUFFIX = ".yaml"

_PACKAGE = Path(__file__).resolve().parent.parent
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


def shipped_pipelines() -> Path:
    """The folder `pipelines/` that comes with dipro_scan: inside the installed package, or beside it.

    Raises EnvironmentLacking where the installation lacks it.
    """
    for folder in (_PACKAGE / "shipped" / "pipelines", _PACKAGE.parent / "pipelines"):
        if (folder / SITE_FILE).is_file():
            return folder
    raise EnvironmentLacking(_("The shipped pipelines are missing; install dipro-scan again."))


@dataclass(frozen=True, slots=True)
class Shelf:
    """Folders looked through in order, file by file: the first that has a file wins."""

    folders: tuple[Path, ...]

    @staticmethod
    def over(overlay: Path | None) -> Shelf:
        """The city's folder over the shipped one. Raises UsageProblem where there is no such folder."""
        if overlay is None:
            return Shelf((shipped_pipelines(),))
        if not overlay.is_dir():
            raise UsageProblem(
                _("There is no folder %(folder)s with pipelines; check --pipelines.") % {"folder": overlay}
            )
        return Shelf((overlay, shipped_pipelines()))

    def find(self, relative: str) -> Path | None:
        """The file that counts, None where no folder has it."""
        return next((folder / relative for folder in self.folders if (folder / relative).is_file()), None)

    def names(self, folder: str = "") -> list[str]:
        """The names (without ending) of the files in `folder`, sorted; at the top those of the pipelines."""
        return sorted(
            {
                file.stem
                for base in self.folders
                for file in (base / folder).glob("*" + SUFFIX)
                if file.is_file() and (folder or file.name != SITE_FILE)
            }
        )

    def misnamed(self) -> list[Path]:
        """Files that look like settings but are never read, because they end in `.yml` or `.YAML`."""
        return sorted(
            file
            for base in self.folders
            for folder in ("", PLANS, CLASSES)
            for file in (base / folder).glob("*")
            if file.suffix != SUFFIX and file.suffix.lower() in (".yml", SUFFIX)
        )

    def pipeline_file(self, pipeline: str) -> Path:
        """The file of a pipeline given by name or by path. Raises UsageProblem where there is none."""
        if pipeline.lower().endswith((SUFFIX, ".yml")) or "/" in pipeline or "\\" in pipeline:
            path = Path(pipeline)
            if path.is_file():
                return path
            raise UsageProblem(
                _("There is no pipeline file %(file)s; existing pipelines: %(names)s.")
                % {"file": pipeline, "names": ", ".join(self.names())}
            )
        path_by_name = self.find(pipeline + SUFFIX) if _NAME.fullmatch(pipeline) else None
        if path_by_name is None or path_by_name.name == SITE_FILE:
            raise UsageProblem(
                _("There is no pipeline “%(name)s”; existing pipelines: %(names)s.")
                % {"name": pipeline, "names": ", ".join(self.names())}
            )
        return path_by_name
