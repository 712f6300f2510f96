"""Files that are still being written while a run looks at its inbox."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from system_office import Office, draw_page


def test_a_file_still_being_written_is_left_whole_for_the_next_run(office: Office) -> None:
    draw_page(office.inbox / "whole.png", 1)
    source = draw_page(office.inbox.parent / "elsewhere" / "growing.png", 2)
    growing = office.inbox / "growing.png"
    stop = threading.Event()
    writer = threading.Thread(target=write_slowly, args=(source.read_bytes(), growing, stop))
    writer.start()
    try:
        patient = office.pipelines / "recorded.yaml"
        patient.write_text(patient.read_text() + "inbox: {patience_seconds: 3}\n")
        first = office.run(DIPRO_SCAN_RUN_SETTLE_SECONDS="1.5")
    finally:
        stop.set()
        writer.join()
    assert first.code == 0, first
    assert first.json["unsettled"] == ["growing.png"]
    assert first.json["pages"]["scanned"] == first.json["pages"]["filed"] == 1
    assert growing.read_bytes() == source.read_bytes()
    second = office.run(DIPRO_SCAN_RUN_SETTLE_SECONDS="0.5")
    assert second.code == 0, second
    assert second.json["unsettled"] == []
    assert second.json["pages"]["filed"] == 1
    assert len(office.filed()) == 2


def write_slowly(data: bytes, path: Path, stop: threading.Event) -> None:
    """A few bytes at a time until `stop`, then the rest."""
    with path.open("wb", buffering=0) as file:
        written = 0
        while not stop.is_set() and written < len(data) - 10:
            written += file.write(data[written : written + 2])
            time.sleep(0.1)
        file.write(data[written:])
