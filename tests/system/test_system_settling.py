"""Files that are still being written while a run looks at its inbox."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from system_office import Office, draw_page, write_pipeline


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


def test_what_is_left_for_the_next_run_is_named_and_not_called_nothing(office: Office) -> None:
    write_pipeline(office.pipelines, "recorded", {}, inbox={"patience_seconds": 0})
    for number in range(5):
        draw_page(office.inbox / f"{number}.png", number)
    arguments = ["run", office.inbox, "--pipeline", "recorded", *office.shared, "--settle-seconds", "3600"]
    told = office.command(*arguments)
    assert told.code == 0
    assert "Nothing is left" not in told.stdout
    assert told.stdout.splitlines()[-1] == (
        "5 files are still being written and were left for the next run: 0.png, 1.png, 2.png, …."
    )
    quiet = office.command(*arguments, "--quiet")
    assert (quiet.code, quiet.stdout) == (0, "")
    assert quiet.stderr.splitlines() == [
        "5 files are still being written and were left for the next run: 0.png, 1.png, 2.png, …"
    ]
    done = office.command("run", office.inbox, "--pipeline", "recorded", *office.shared)
    assert done.stdout.splitlines()[-1] == "Nothing is left to do."


def test_half_a_stack_is_left_and_told(office: Office) -> None:
    write_pipeline(office.pipelines, "recorded", {}, collation={"mode": "two_passes", "wait_minutes": 30})
    draw_page(office.inbox / "s_v.tif", 1)
    arguments = ["run", office.inbox, "--pipeline", "recorded", *office.shared]
    told, quiet = office.command(*arguments), office.command(*arguments, "--quiet")
    assert "Nothing is left" not in told.stdout
    assert [told.stdout.splitlines()[-1].rstrip(".")] == quiet.stderr.splitlines()
    assert "1 file holds one side of a stack" in quiet.stderr and "s_v.tif" in quiet.stderr


def write_slowly(data: bytes, path: Path, stop: threading.Event) -> None:
    """A few bytes at a time until `stop`, then the rest."""
    with path.open("wb", buffering=0) as file:
        written = 0
        while not stop.is_set() and written < len(data) - 10:
            written += file.write(data[written : written + 2])
            time.sleep(0.1)
        file.write(data[written:])
