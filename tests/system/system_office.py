"""The installed command, pages of our own making, and a pipeline whose engine is a recording."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image, ImageDraw

INVOICE = """Muster GmbH, Hauptstraße 1, 12345 Musterstadt

Rechnung

Rechnungsnummer: RE-2026-0042
Rechnungsdatum: 03.11.2026
Leistungszeitraum: Oktober 2026
Netto 100,00 EUR
USt 19 % 19,00 EUR
Gesamtbetrag: 119,00 EUR
zahlbar bis 30.11.2026
IBAN: DE89 3704 0044 0532 0130 00
USt-IdNr. DE136695976"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command line printed and how it ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.stdout)
        return value


COMMAND = Path(sys.executable).with_name("dipro-scan")


def command_environment(**extra: str) -> dict[str, str]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DIPRO_SCAN", "LC_"))
        and name not in ("LANG", "LANGUAGE", "SOURCE_DATE_EPOCH")
    }
    # What tests lay into an inbox is whole.
    whole = {"DIPRO_SCAN_RUN_SETTLE_SECONDS": "0"}
    return {**environment, "LANG": "en_US.UTF-8", "OMP_THREAD_LIMIT": "1", **whole, **extra}


def run_command(*arguments: object, timeout: float = 300, **environment: str) -> Outcome:
    """Runs the installed command; a traceback in what it says is a failure by itself."""
    done = subprocess.run(
        [COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
        env=command_environment(**environment),
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return Outcome(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def dipro_scan() -> Callable[..., Outcome]:
    """Runs the installed command; see `run_command`."""
    return run_command


def draw_page(path: Path, seed: int, *, dpi: int = 100, pages: int = 1) -> Path:
    """A typed-looking page of its own for each seed: rows of dark words on paper. A6, so that it is quick."""
    images = []
    for number in range(pages):
        chance = random.Random(f"{seed}-{number}")
        width, height = round(105 / 25.4 * dpi), round(148 / 25.4 * dpi)
        image = Image.new("L", (width, height), 250)
        pen = ImageDraw.Draw(image)
        for y in range(40, height - 40, 14):
            x = 30
            while x < width - 60:
                word = chance.randint(8, 40)
                pen.rectangle((x, y, x + word, y + 6), fill=30)
                x += word + chance.randint(6, 12)
        images.append(image)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".tif":
        images[0].save(path, save_all=True, append_images=images[1:], dpi=(dpi, dpi))
    else:
        images[0].save(path, dpi=(dpi, dpi))
    return path


@dataclass(frozen=True, slots=True)
class Office:
    """An inbox, a records folder, a pipeline whose engine is a recording, and the command."""

    inbox: Path
    records: Path
    pipelines: Path
    command: Callable[..., Outcome]

    @property
    def calls(self) -> int:
        """How many pages an engine has read so far."""
        path = self.pipelines / "calls"
        return len(path.read_text().splitlines()) if path.exists() else 0

    @property
    def shared(self) -> list[str]:
        return ["--records", str(self.records), "--pipelines", str(self.pipelines)]

    def run(self, *more: object, pipeline: str = "recorded", **environment: str) -> Outcome:
        return self.command(
            "run",
            self.inbox,
            "--pipeline",
            pipeline,
            "--jobs",
            "1",
            "--json",
            *self.shared,
            *more,
            **environment,
        )

    def filed(self) -> list[str]:
        """Paths of all filed PDFs, relative to the records."""
        return sorted(
            str(path.relative_to(self.records))
            for path in self.records.rglob("*.pdf")
            if ".dipro" not in path.parts
        )

    def journal(self) -> list[dict[str, Any]]:
        path = self.records / ".dipro" / "journal.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()]

    def pipeline(self, name: str = "recorded", **options: object) -> None:
        """Writes a pipeline with a recorded engine and these options for it."""
        write_pipeline(self.pipelines, name, options)


def write_pipeline(folder: Path, name: str, options: dict[str, Any], **sections: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "schema": 1,
        "name": name,
        "title": "Recorded",
        "aktenplan": "musterstadt",
        "classes": ["rechnung", "mahnung", "widerspruch"],
        "reading": {
            "engine": "recorded",
            "dpi": 100,
            "page_seconds": 20,
            "options": {"otherwise": INVOICE, "count_file": str(folder / "calls"), **options},
        },
        # One text for all pages: to the engine every page is a second scan of the first.
        "duplicates": {"rescans": "ignore"},
        **sections,
    }
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


@pytest.fixture
def office(tmp_path: Path, dipro_scan: Callable[..., Outcome]) -> Office:
    """An office with nothing in its inbox yet."""
    (tmp_path / "inbox").mkdir()
    found = Office(tmp_path / "inbox", tmp_path / "records", tmp_path / "pipelines", dipro_scan)
    found.pipeline()
    return found


def sources_in(folder: Path) -> Sequence[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def wait_for_reading(office: Office, process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    """Returns when a worker of `process` reads its first page, or when the process has ended."""
    while office.calls == 0 and process.poll() is None:
        time.sleep(0.05)
