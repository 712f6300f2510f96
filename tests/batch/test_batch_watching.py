"""When an inbox is due, what health and metrics say, and what wakes a watch."""

from __future__ import annotations

import datetime as dt
import errno
import json
import math
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.batch import watch_waking
from dipro_scan.batch.health import Health, HealthState, InboxHealth, Trouble, Waiting, write_health
from dipro_scan.batch.metrics import Metrics
from dipro_scan.batch.notifying import notify_supervisor
from dipro_scan.batch.result import RunResult
from dipro_scan.batch.watch_inbox import InboxWatch, Rhythm, Seen, Unsettled, listing
from dipro_scan.batch.watch_settings import WatchedSettings
from dipro_scan.batch.watch_waking import Alarm
from dipro_scan.batch.watching import check_inboxes
from dipro_scan.intake.stability import Look
from dipro_scan.model import ExitCode, Locked, PageBalance, Unwritable, UsageProblem
from dipro_scan.settings.shelf import shipped_pipelines

RHYTHM = Rhythm(settle=5, patience=60, poll=10, retry=5, longest_retry=300)
EARLIER = 1_000_000


def seen(name: str, *, size: int = 1, changed: float = 0.0) -> Seen:
    return Seen(name, Look(size, round(changed * 1e9)))


class Watched:
    """An inbox with a clock of its own; both its clocks run alike."""

    def __init__(self) -> None:
        self.inbox = InboxWatch(Path("inbox"))
        self.now = EARLIER * 1.0

    def after(self, seconds: float, *files: Seen) -> bool:
        """Time passes, somebody looks; whether a batch is due."""
        self.now += seconds
        self.inbox.look(frozenset(files), self.now)
        return self.inbox.is_due(RHYTHM, self.now, self.now)

    def done(self, *unsettled: str) -> None:
        self.inbox.done(unsettled, RHYTHM, self.now)


def test_an_empty_inbox_is_never_due() -> None:
    watched = Watched()
    assert not any(watched.after(100) for _look in range(5))


def test_files_that_lie_there_for_long_are_due_at_once_and_then_never_again() -> None:
    watched = Watched()
    assert watched.after(0, seen("a.tif"), seen("b.tif"))
    watched.done()
    assert not any(watched.after(1000, seen("a.tif"), seen("b.tif")) for _look in range(5))


def test_a_file_that_was_changed_or_came_is_due_again_and_one_that_went_is_not() -> None:
    watched = Watched()
    watched.after(0, seen("a.tif"), seen("b.tif"))
    watched.done()
    assert not watched.after(10, seen("a.tif"))
    assert watched.after(10, seen("a.tif", size=2))
    watched.done()
    assert watched.after(10, seen("a.tif", size=2), seen("c.tif"))


def test_a_file_being_written_is_waited_for() -> None:
    watched = Watched()
    assert not watched.after(0, seen("a.tif", changed=watched.now))
    longer = seen("a.tif", size=2, changed=watched.now + 3)
    assert not watched.after(3, longer)
    assert not watched.after(4, longer)
    assert watched.after(2, longer)


def test_a_clock_of_a_server_that_goes_ahead_does_not_hold_a_file_for_ever() -> None:
    watched = Watched()
    tomorrow = watched.now + 86_400
    assert not watched.after(0, seen("a.tif", changed=tomorrow))
    assert watched.after(6, seen("a.tif", changed=tomorrow))


def test_whole_files_wait_for_one_that_never_ends_only_for_a_while() -> None:
    watched = Watched()
    due = [
        watched.after(4, seen("a.tif"), seen("endless.tif", size=number, changed=watched.now + 4))
        for number in range(16)
    ]
    assert due.index(True) == 15
    watched.done("endless.tif")
    assert not watched.after(4, seen("a.tif"), seen("endless.tif", size=99, changed=watched.now + 4))
    assert watched.after(10, seen("a.tif"), seen("endless.tif", size=99, changed=watched.now - 6))


def test_how_many_files_wait_to_be_taken_and_since_when() -> None:
    watched = Watched()
    assert watched.inbox.unsettled(watched.now) == Unsettled()
    for number in range(4):
        watched.after(10, seen("endless.tif", size=number, changed=watched.now + 10), seen("a.tif"))
    assert watched.inbox.unsettled(watched.now) == Unsettled(2, 30)
    watched.done("endless.tif")
    assert watched.inbox.unsettled(watched.now + 5) == Unsettled(1, 35)
    watched.after(10, seen("endless.tif", size=9, changed=watched.now), seen("b.tif"))
    assert watched.inbox.unsettled(watched.now + 1) == Unsettled(2, 41)
    watched.after(10, seen("b.tif"))
    assert watched.inbox.unsettled(watched.now) == Unsettled(1, 10)
    watched.done()
    assert watched.inbox.unsettled(watched.now) == Unsettled()


def test_what_a_batch_left_behind_is_tried_again_but_not_at_once() -> None:
    watched = Watched()
    assert watched.after(0, seen("front.tif"))
    watched.done("front.tif")
    assert not watched.after(1, seen("front.tif"))
    assert watched.after(10, seen("front.tif"))


def test_pauses_after_failures_grow_up_to_a_limit_and_end_with_the_first_success() -> None:
    watched = Watched()
    watched.after(0, seen("a.tif"))
    pauses = [watched.inbox.failed(RHYTHM, watched.now) for _attempt in range(8)]
    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300]
    assert not watched.after(299, seen("a.tif"))
    assert watched.after(2, seen("a.tif"))
    watched.done()
    assert watched.inbox.failures == 0
    assert watched.after(1, seen("b.tif"))


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 50)), max_size=30), st.floats(0.1, 100))
def test_nobody_waits_longer_than_the_interval_nor_not_at_all(
    steps: list[tuple[bool, float]], poll: float
) -> None:
    rhythm = replace(RHYTHM, poll=poll)
    watched = Watched()
    for number, (fails, seconds) in enumerate(steps):
        watched.after(seconds, seen(f"{number}.tif", changed=watched.now))
        if fails:
            watched.inbox.failed(rhythm, watched.now)
        assert 0.05 <= watched.inbox.wait_seconds(rhythm, watched.now) <= max(poll, 0.05)


def test_a_listing_knows_names_sizes_and_times_and_opens_nothing(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.tif").write_bytes(b"12345")
    (tmp_path / "half.part").write_bytes(b"1")
    os.mkfifo(tmp_path / "pipe")
    found = {item.name: item.look.size for item in listing(tmp_path)}
    assert found == {"sub/a.tif": 5, "pipe": 0}
    before = listing(tmp_path)
    assert listing(tmp_path) == before
    (tmp_path / "sub" / "a.tif").write_bytes(b"54321")
    assert listing(tmp_path) != before


def test_inboxes_that_are_none_or_lie_in_each_other_are_refused(tmp_path: Path) -> None:
    inner = tmp_path / "in" / "inner"
    inner.mkdir(parents=True)
    check_inboxes([inner])
    for wrong in ([tmp_path / "missing"], [tmp_path / "in", inner], [inner, tmp_path / "in"], [inner, inner]):
        with pytest.raises(UsageProblem):
            check_inboxes(wrong)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "inbox").mkdir()
    yield tmp_path / "inbox"


def test_the_alarm_rings_for_a_new_file_below(folder: Path) -> None:
    silence: list[Exception] = []
    (folder / "sub").mkdir()
    with Alarm([folder], silence.append) as alarm:
        for number in range(100):
            # The first ones may come before anybody listens.
            (folder / "sub" / f"{number}.tif").write_bytes(b"x")
            if alarm.wait(0.5):
                break
        else:
            pytest.fail("nothing rang")
    assert silence == []


def test_where_nothing_can_be_heard_it_is_told_once_and_waiting_goes_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def limit_reached(*_folders: str, **_options: Any) -> Iterator[None]:
        raise OSError(errno.ENOSPC, "OS file watch limit reached.")

    monkeypatch.setattr(watch_waking.watchfiles, "watch", limit_reached)
    told = threading.Event()
    errors: list[Exception] = []

    def silence(error: Exception) -> None:
        errors.append(error)
        told.set()

    with Alarm([folder], silence) as alarm:
        assert told.wait(10)
        assert not alarm.wait(0.01)
    assert len(errors) == 1


def _health(tmp_path: Path, **changes: Any) -> Health:
    now = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
    result = RunResult("b-1", "posteingang", ExitCode.REVIEW, 2.5, PageBalance(scanned=3, filed=2, review=1))
    plain = Health(
        HealthState.OK,
        now,
        now,
        (InboxHealth(tmp_path / "in", result, now),),
        Waiting(4, 1, {"/": 1000, "/var": 900}),
    )
    return replace(plain, **changes)


def test_the_health_file_is_whole_readable_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "health.json"
    write_health(path, _health(tmp_path))
    write_health(path, _health(tmp_path, state=HealthState.FAILING))
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["schema"] == 1
    assert content["state"] == "failing"
    assert content["documents_waiting"] == 4
    assert content["inboxes"][0]["last_batch"] == {
        "batch": "b-1",
        "exit": 3,
        "ended": "2026-11-22T12:00:00+00:00",
        "seconds": 2.5,
        "pages": 3,
    }
    assert content["pid"] == os.getpid()
    assert path.stat().st_mode & 0o777 == 0o644
    assert [item.name for item in tmp_path.iterdir()] == ["health.json"]


def test_trouble_tells_kind_and_code_and_never_the_sentence(tmp_path: Path) -> None:
    trouble = Trouble.of(Unwritable("Müller_Scheidung.pdf cannot be written."), 2)
    assert trouble.is_failure
    assert not Trouble.of(Locked("held"), 1).is_failure
    assert Trouble.of(ValueError("x"), 1).exit is ExitCode.BUG
    inbox = InboxHealth(tmp_path, trouble=trouble)
    write_health(tmp_path / "health.json", _health(tmp_path, inboxes=(inbox,)))
    text = (tmp_path / "health.json").read_text(encoding="utf-8")
    assert "Müller" not in text
    assert json.loads(text)["inboxes"][0]["trouble"] == {"kind": "Unwritable", "exit": 6, "failures": 2}


def test_metrics_add_up_and_name_no_file(tmp_path: Path) -> None:
    metrics, path = Metrics(), tmp_path / "dipro_scan.prom"
    health = _health(tmp_path)
    result = health.inboxes[0].last
    assert result is not None
    metrics.batch(result)
    metrics.batch(result)
    metrics.failure()
    metrics.write(path, health)
    lines = dict(line.rsplit(" ", 1) for line in path.read_text().splitlines() if not line.startswith("#"))
    assert float(lines['dipro_scan_pages_total{state="filed"}']) == 4
    assert float(lines['dipro_scan_pages_total{state="blank"}']) == 0
    assert float(lines['dipro_scan_batches_total{exit="3"}']) == 2
    assert float(lines["dipro_scan_batch_failures_total"]) == 1
    assert float(lines["dipro_scan_batch_seconds_sum"]) == 5
    assert float(lines["dipro_scan_documents_waiting"]) == 4
    assert float(lines["dipro_scan_disk_free_bytes"]) == 900
    assert float(lines["dipro_scan_healthy"]) == 1
    assert float(lines["dipro_scan_last_success_timestamp_seconds"]) == health.updated.timestamp()
    metrics.write(path, replace(health, state=HealthState.FAILING))
    assert "dipro_scan_healthy 0.0" in path.read_text().splitlines()
    assert str(tmp_path) not in path.read_text()
    assert [item.name for item in tmp_path.iterdir()] == [path.name]


def test_files_that_wait_to_be_taken_are_counted_with_the_age_of_the_oldest(tmp_path: Path) -> None:
    inboxes = (
        InboxHealth(tmp_path / "a", unsettled=Unsettled(2, 7.26)),
        InboxHealth(tmp_path / "b", unsettled=Unsettled(1, 90)),
    )
    health = _health(tmp_path, inboxes=inboxes)
    write_health(tmp_path / "health.json", health)
    content = json.loads((tmp_path / "health.json").read_text(encoding="utf-8"))["inboxes"]
    found = [(item["files_unsettled"], item["oldest_unsettled_seconds"]) for item in content]
    assert found == [(2, 7.3), (1, 90)]
    Metrics().write(tmp_path / "numbers.prom", health)
    lines = (tmp_path / "numbers.prom").read_text().splitlines()
    assert "dipro_scan_files_unsettled 3.0" in lines
    assert "dipro_scan_oldest_unsettled_seconds 90.0" in lines


def test_systemd_is_told_where_it_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(place))
        channel.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(place))
        notify_supervisor("READY=1")
        assert channel.recv(100) == b"READY=1"
    # Nobody listens any more, nor ever did: a watch goes on all the same.
    notify_supervisor("STATUS=ok")
    monkeypatch.delenv("NOTIFY_SOCKET")
    notify_supervisor("STATUS=ok")


@pytest.fixture
def own_pipeline(tmp_path: Path) -> Callable[..., Path]:
    def write(text: str = "", **sections: Any) -> Path:
        content = {
            "schema": 1,
            "name": "own",
            "title": "Own",
            "aktenplan": "musterstadt",
            "classes": ["rechnung"],
            **sections,
        }
        (tmp_path / "own.yaml").write_text(text or yaml.safe_dump(content), encoding="utf-8")
        return tmp_path

    return write


def test_changed_settings_are_taken_up_whole_or_not_at_all(own_pipeline: Callable[..., Path]) -> None:
    settings = WatchedSettings("own", own_pipeline())
    first = settings.configuration
    assert not settings.refresh(0, 0)

    own_pipeline(inbox={"poll_seconds": 77})
    assert settings.refresh(0, 0)
    assert settings.problem is None
    assert settings.configuration.pipeline.inbox.poll_seconds == 77
    assert settings.configuration.sha256 != first.sha256

    own_pipeline("schema: 1\nname: own\ntitle: [\n")
    assert settings.refresh(0, 0)
    assert settings.problem is not None
    assert settings.configuration.pipeline.inbox.poll_seconds == 77
    assert not settings.refresh(0, 0), "told once"

    own_pipeline(inbox={"poll_seconds": 77})
    assert settings.refresh(0, 0)
    assert settings.problem is None


def test_changed_settings_wait_until_nothing_more_changes(own_pipeline: Callable[..., Path]) -> None:
    settings = WatchedSettings("own", own_pipeline())
    own_pipeline(inbox={"poll_seconds": 77})
    assert not settings.refresh(100, 10)
    assert settings.wait_seconds(104, 10) == 6
    own_pipeline(inbox={"poll_seconds": 7.5})
    assert not settings.refresh(110, 10), "they changed meanwhile"
    assert settings.refresh(120, 10)
    assert settings.configuration.pipeline.inbox.poll_seconds == 7.5
    assert settings.wait_seconds(121, 10) == math.inf


def test_settings_that_are_gone_do_not_give_way_to_the_shipped_ones(
    own_pipeline: Callable[..., Path], tmp_path: Path
) -> None:
    """As where a drive is not mounted any more: the city's invoices must not go by another city's plan."""
    overlay = own_pipeline(inbox={"poll_seconds": 77})
    shutil.copyfile(shipped_pipelines() / "rechnungen.yaml", overlay / "rechnungen.yaml")
    settings = WatchedSettings("rechnungen", overlay)
    away = overlay.rename(tmp_path.with_name(f"{tmp_path.name}-away"))
    overlay.mkdir()
    first = settings.configuration
    assert settings.refresh(0, 0)
    assert settings.problem is not None
    assert settings.configuration is first
    overlay.rmdir()
    assert not settings.refresh(1, 0), "told already"
    away.rename(overlay)
    assert settings.refresh(2, 0)
    assert settings.problem is None
