"""A page that takes longer than its limit stays in its document, without text, and the document waits."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
from system_office import (
    COMMAND,
    INVOICE,
    Office,
    command_environment,
    draw_page,
    wait_for_reading,
    write_pipeline,
)

LIMIT_SECONDS = 5
STACK = "stack.tif"


def hang_pipeline(office: Office, name: str, **options: Any) -> Path:
    """A pipeline with a short limit; gives the file that tells what was read."""
    calls = office.pipelines / f"{name}-calls"
    reading = {
        "engine": "recorded",
        "dpi": 100,
        "page_seconds": LIMIT_SECONDS,
        "options": {"otherwise": INVOICE, "count_file": str(calls), **options},
    }
    write_pipeline(office.pipelines, name, {}, reading=reading)
    return calls


def run(office: Office, folder: str, pipeline: str, jobs: int, records: Path) -> Any:
    inbox = office.inbox / folder
    draw_page(inbox / STACK, 5, pages=3)
    shared = ("--records", records, "--pipelines", office.pipelines)
    return office.command("run", inbox, "--pipeline", pipeline, "--jobs", jobs, "--json", *shared)


def test_a_page_that_hangs_costs_its_text_and_nothing_else(office: Office, tmp_path: Path) -> None:
    known = hang_pipeline(office, "known")
    assert run(office, "first", "known", 1, tmp_path / "elsewhere").code in (0, 3)
    first, middle, last = dict.fromkeys(known.read_text().split())

    calls = hang_pipeline(office, "hanging", hang_on=[middle])
    outcome = run(office, "second", "hanging", 2, office.records)
    assert outcome.code == 3, outcome
    assert outcome.json["pages"]["review"] == 3
    (document,) = outcome.json["documents"]
    shown = office.command("review", "show", document["id"], "--json", *office.shared).json
    assert [page.get("reading") == "failed" for page in shown["pages"]] == [False, True, False]

    path = office.records / document["pdf"]
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) == 3 and all(page.get_images() for page in pdf.pages)
    with pypdfium2.PdfDocument(path) as pdf:
        texts = [page.get_textpage().get_text_range() for page in pdf]
        kept, read = (pdf[number].render(scale=0.5, grayscale=True).to_numpy() for number in (1, 0))
    assert ["RE-2026-0042" in text for text in texts] == [True, False, True]
    assert kept.min() < 128 and abs(float(kept.mean()) - float(read.mean())) < 20

    seen = calls.read_text().split()
    assert set(seen) == {first, middle, last}
    assert seen.count(middle) == 1, "a page that ran over its time was tried again"


def test_a_run_that_was_suspended_for_longer_loses_no_page(office: Office) -> None:
    """Ctrl-Z stops the run and not its workers: what they read meanwhile waits for it."""
    options = {"otherwise": INVOICE, "count_file": str(office.pipelines / "calls"), "pause_seconds": 1.0}
    reading = {"engine": "recorded", "dpi": 100, "page_seconds": LIMIT_SECONDS, "options": options}
    write_pipeline(office.pipelines, "recorded", {}, reading=reading)
    draw_page(office.inbox / STACK, 6, pages=3)
    running = subprocess.Popen(
        [COMMAND, "run", office.inbox, "--pipeline", "recorded", "--jobs", "1", *office.shared],
        stdout=subprocess.DEVNULL,
        env=command_environment(),
        start_new_session=True,
    )
    wait_for_reading(office, running)
    os.killpg(running.pid, signal.SIGSTOP)
    time.sleep(1.5 * LIMIT_SECONDS)
    os.killpg(running.pid, signal.SIGCONT)
    assert running.wait(300) == 0
    assert len(office.filed()) == 1
    assert office.calls == 3
