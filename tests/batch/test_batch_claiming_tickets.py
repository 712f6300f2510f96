"""Claiming with tickets and folder rules: which ticket tells of which scan, and nothing is lost for one."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dipro_scan.batch.claiming import Claim, claim_batch
from dipro_scan.batch.settling import Pace
from dipro_scan.model import Quarantined, QuarantineReason, Source
from dipro_scan.settings import Configuration, InboxRule, Pipeline, load_configuration


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    return load_configuration("posteingang")


@pytest.fixture
def claim(tmp_path: Path, configuration: Configuration) -> Callable[..., Claim]:
    def claimed(*rules: dict[str, object], pace: Pace | None = None, **pipeline: object) -> Claim:
        inbox: dict[str, object] = {"settle_seconds": 5.0, "patience_seconds": 20.0}
        inbox |= {"rules": tuple(InboxRule.model_validate(rule) for rule in rules)}
        changed = configuration.pipeline.inbox.model_copy(update=inbox)
        settings: Pipeline = configuration.pipeline.model_copy(update={"inbox": changed, **pipeline})
        knows = {"bauakten", "rechnungen", "posteingang"}.__contains__
        return claim_batch(
            [tmp_path / "in"], settings, tmp_path / "originals", pace=pace or _later(), knows_pipeline=knows
        )

    (tmp_path / "in").mkdir()
    return claimed


def _later() -> Pace:
    """An hour from now: whatever lies there has lain for long."""
    import time

    return Pace(lambda: time.time() + 3600, time.monotonic, lambda _seconds: None)


def _put(path: Path, content: object = b"scan") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, bytes | str) else json.dumps(content)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _source(claim: Claim, name: str) -> Source:
    (found,) = [source for source in claim.batch.sources if source.name == name]
    return found


def _codes(source: Source) -> list[str]:
    return [doubt.code for doubt in source.doubts]


def test_a_ticket_beside_its_scan_by_both_names(tmp_path: Path, claim: Callable[..., Claim]) -> None:
    inbox = tmp_path / "in"
    _put(inbox / "a.pdf"), _put(inbox / "a.json", {"klasse": "rechnung", "pipeline": "rechnungen"})
    _put(inbox / "b.tif", b"b"), _put(inbox / "b.tif.XML", "<ticket><operator>mm</operator></ticket>")
    made = claim()
    first, second = _source(made, "a.pdf"), _source(made, "b.tif")
    assert (first.index[0].class_id, first.index[0].shown, first.pipeline) == (
        "rechnung",
        "a.json",
        "rechnungen",
    )
    assert (second.index[0].operator, second.pipeline, second.doubts) == ("mm", None, ())
    assert len(made.batch.sources) == 2
    assert made.ignored == ()
    assert {ticket.source.path.name for ticket in made.tickets} == {"a.json", "b.tif.XML"}
    assert all(ticket.source.kept.read_bytes() for ticket in made.tickets)


def test_a_list_names_files_and_stays_while_one_is_missing(
    tmp_path: Path, claim: Callable[..., Claim]
) -> None:
    inbox = tmp_path / "in"
    _put(inbox / "tag" / "a.pdf"), _put(inbox / "tag" / "unter" / "b.pdf", b"b"), _put(inbox / "c.pdf", b"c")
    _put(inbox / "tag" / "liste.csv", "datei;bearbeiter;seiten\nA.PDF;mm;1\nunter\\b.pdf;nn;\nc.pdf;oo;\n")
    made = claim()
    assert _source(made, "tag/a.pdf").index[0].operator == "mm"
    assert _source(made, "tag/unter/b.pdf").index[0].operator == "nn"
    assert _source(made, "c.pdf").index == ()
    assert made.ignored == ("tag/liste.csv",)
    assert [ticket.complete for ticket in made.tickets] == [False]


def test_broken_tickets_lose_no_scan(tmp_path: Path, claim: Callable[..., Claim]) -> None:
    inbox = tmp_path / "in"
    for number, (suffix, content) in enumerate(
        [("json", '{"klasse": "re'), ("xml", "<ticket>"), ("csv", b"\0\0"), ("json", "")], start=1
    ):
        _put(inbox / f"{number}.pdf", bytes([number])), _put(inbox / f"{number}.{suffix}", content)
    _put(inbox / "5.pdf", b"5")
    (inbox / "5.json").symlink_to(inbox / "1.json")
    _put(inbox / "6.pdf", b"6")
    os.mkfifo(inbox / "6.xml")
    _put(inbox / "7.pdf", b"7"), _put(inbox / "7.json", {"klasse": "rechnung", "farbe": 1})
    _put(inbox / "8.pdf", b"8"), _put(inbox / "8.json", {"pipeline": "gibtesnicht", "operator": "mm"})
    made = claim()
    assert len(made.batch.sources) == 8
    for number in range(1, 7):
        assert _codes(_source(made, f"{number}.pdf")) == ["ticket_unreadable"], number
    assert _codes(_source(made, "7.pdf")) == _codes(_source(made, "8.pdf")) == ["ticket_unclear"]
    assert _source(made, "7.pdf").index[0].class_id == "rechnung"
    assert (_source(made, "8.pdf").pipeline, _source(made, "8.pdf").index[0].operator) == (None, "mm")
    assert "8.json" in _source(made, "8.pdf").doubts[0].text


def test_a_broken_list_is_a_doubt_about_its_whole_folder(tmp_path: Path, claim: Callable[..., Claim]) -> None:
    inbox = tmp_path / "in"
    _put(inbox / "a.pdf"), _put(inbox / "b.pdf", b"b"), _put(inbox / "x" / "c.pdf", b"c")
    _put(inbox / "liste.csv", "datei;klasse\na.pdf;rechnung;zuviel\n")
    made = claim()
    assert _codes(_source(made, "a.pdf")) == _codes(_source(made, "b.pdf")) == ["ticket_unreadable"]
    assert _codes(_source(made, "x/c.pdf")) == []


def test_other_files_beside_scans_are_left_alone(tmp_path: Path, claim: Callable[..., Claim]) -> None:
    inbox = tmp_path / "in"
    _put(inbox / "a.pdf"), _put(inbox / "a.xml", "<Invoice/>"), _put(inbox / "truth.json", {"schema": 2})
    _put(inbox / "allein.json", {"klasse": "rechnung"}), _put(inbox / "notes.md", "x")
    made = claim()
    assert (_source(made, "a.pdf").index, _source(made, "a.pdf").doubts) == ((), ())
    assert set(made.ignored) == {"a.xml", "truth.json", "allein.json", "notes.md"}
    assert made.tickets == ()


def test_names_in_both_forms_are_all_claimed_and_find_their_tickets(
    tmp_path: Path, claim: Callable[..., Claim]
) -> None:
    inbox, composed, parted = tmp_path / "in", "\u00fcber", "u\u0308ber"
    _put(inbox / f"{composed}.pdf", b"1"), _put(inbox / f"{parted}.pdf", b"2")
    _put(inbox / f"{parted}.json", {"operator": "nn"})
    _put(inbox / "gru\u0308n.pdf", b"3"), _put(inbox / "gr\u00fcn.json", {"operator": "gg"})
    made, again = claim(), claim()
    assert [source.name for source in made.batch.sources].count("\u00fcber.pdf") == 2
    operators = {
        source.kept.read_bytes(): [v.operator for v in source.index] for source in made.batch.sources
    }
    assert operators == {b"1": [], b"2": ["nn"], b"3": ["gg"]}
    assert made.batch.id == again.batch.id


def test_folders_say_what_their_rules_say_and_tickets_more(
    tmp_path: Path, claim: Callable[..., Claim]
) -> None:
    inbox = tmp_path / "in"
    _put(inbox / "Bauakten" / "2026" / "a.pdf"), _put(inbox / "bauakten" / "b.pdf", b"b")
    _put(inbox / "c.pdf", b"c"), _put(inbox / "Bauakten" / "d.pdf", b"d")
    _put(inbox / "Bauakten" / "d.json", {"operator": "mm", "pipeline": "rechnungen"})
    made = claim(
        {"folder": "Bauakten/2026", "class": "bauantrag"},
        {"folder": "Bauakten/*", "pipeline": "bauakten", "class": "baugenehmigung", "operator": "bau"},
        {"folder": "*", "station": "keller"},
    )
    deep, plain, top = (_source(made, name) for name in ("Bauakten/2026/a.pdf", "bauakten/b.pdf", "c.pdf"))
    assert (deep.pipeline, deep.index[0].class_id, deep.index[0].operator) == ("bauakten", "bauantrag", "bau")
    assert (deep.index[0].origin, deep.index[0].shown) == ("folder", "Bauakten/2026")
    assert (plain.pipeline, plain.index[0].class_id) == ("bauakten", "baugenehmigung")
    assert (top.pipeline, top.index[0].station, top.index[0].class_id) == (None, "keller", None)
    told = _source(made, "Bauakten/d.pdf")
    assert told.pipeline == "rechnungen"
    assert [(voice.origin, voice.operator) for voice in told.index] == [("ticket", "mm"), ("folder", "bau")]


def test_a_refused_file_keeps_the_pipeline_of_its_folder(tmp_path: Path, claim: Callable[..., Claim]) -> None:
    inbox = tmp_path / "in" / "Bauakten"
    inbox.mkdir()
    os.mkfifo(inbox / "pipe.pdf")
    (inbox / "link.pdf").symlink_to("/etc/hostname")
    made = claim({"folder": "Bauakten", "pipeline": "bauakten"})
    refused = [item for item in made.sequence if isinstance(item, Quarantined)]
    assert {item.reason for item in refused} == {QuarantineReason.NOT_A_FILE, QuarantineReason.SYMLINK}
    assert {made.refused_pipelines[item.source_sha256 or ""] for item in refused} == {"bauakten"}


class _Time:
    """A clock that only waiting moves; files made now are as old as it says."""

    def __init__(self, ahead: float, during: Callable[[float], object] = lambda _now: None) -> None:
        import time

        self._start, self.waited, self._during = time.time() + ahead, 0.0, during

    def pace(self) -> Pace:
        return Pace(lambda: self._start + self.waited, lambda: self.waited, self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.waited += seconds
        self._during(self.waited)


def test_a_scan_waits_for_the_ticket_that_is_being_written(
    tmp_path: Path, claim: Callable[..., Claim]
) -> None:
    inbox = tmp_path / "in"
    _put(inbox / "a.pdf"), _put(inbox / "b.pdf", b"b")
    ticket = _put(inbox / "a.json", '{"schema": 1, "operator": "m')

    def grow(_now: float) -> None:
        with ticket.open("a") as file:
            file.write("m")

    made = claim(pace=_Time(-3600.0, grow).pace())
    assert [source.name for source in made.batch.sources] == ["b.pdf"]
    assert set(made.unsettled) == {"a.pdf", "a.json"}
    assert made.tickets == ()


def test_what_a_ticket_says_in_the_end_counts(tmp_path: Path, claim: Callable[..., Claim]) -> None:
    inbox = tmp_path / "in"
    _put(inbox / "a.pdf"), _put(inbox / "b.pdf", b"b")
    ticket = _put(inbox / "a.json", '{"schema": 1, "operator": "m')
    done: list[float] = []

    def finish(now: float) -> None:
        if now > 3 and not done:
            done.append(now)
            ticket.write_text('{"schema": 1, "operator": "mm"}')

    clock = _Time(-3600.0, finish)
    made = claim(pace=clock.pace())
    assert _source(made, "a.pdf").index[0].operator == "mm"
    assert _source(made, "a.pdf").doubts == ()
    assert 7.5 <= clock.waited <= 20


def test_times_of_the_future_wait_no_longer_than_a_file_must_rest(
    tmp_path: Path, claim: Callable[..., Claim]
) -> None:
    scan, ticket = _put(tmp_path / "in" / "a.pdf"), _put(tmp_path / "in" / "a.json", {"operator": "mm"})
    for path in (scan, ticket):
        os.utime(path, (4_000_000_000, 4_000_000_000))
    clock = _Time(0.0)
    made = claim(pace=clock.pace())
    assert _source(made, "a.pdf").index[0].operator == "mm"
    assert clock.waited <= 6


def test_switched_off_tickets_are_files_beside(tmp_path: Path, configuration: Configuration) -> None:
    _put(tmp_path / "in" / "a.pdf"), _put(tmp_path / "in" / "a.json", {"operator": "mm"})
    inbox = configuration.pipeline.inbox.model_copy(update={"tickets": False})
    pipeline = configuration.pipeline.model_copy(update={"inbox": inbox})
    made = claim_batch([tmp_path / "in"], pipeline, tmp_path / "originals", pace=_later())
    assert (made.batch.sources[0].index, made.ignored) == ((), ("a.json",))
