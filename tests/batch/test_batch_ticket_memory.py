"""What is remembered of tickets from run to run: none ever tells of a scan that is not its own."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dipro_scan.batch.claiming import Claim, claim_batch
from dipro_scan.batch.releasing import release
from dipro_scan.batch.settling import Pace
from dipro_scan.batch.ticket_memory import TicketMemory
from dipro_scan.model import Source, Unwritable
from dipro_scan.settings import Configuration, load_configuration


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    return load_configuration("posteingang")


@dataclass
class Desk:
    """An inbox and what runs over it remember; `now` is so far ahead that whatever lies there is whole."""

    place: Path
    configuration: Configuration
    now: float = field(default_factory=lambda: time.time() + 3600)
    done: set[str] = field(default_factory=set)
    wait_seconds: float = 0.0

    @property
    def inbox(self) -> Path:
        return self.place / "in"

    def put(self, name: str, content: object) -> Path:
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    def memory(self, *, consume: bool = False) -> TicketMemory:
        return TicketMemory(
            self.place / "tickets",
            self.done.__contains__,
            self.now,
            wait_seconds=self.wait_seconds,
            consume=consume,
        )

    def claim(self, memory: TicketMemory, *inputs: Path) -> Claim:
        pace = Pace(lambda: self.now, time.monotonic, lambda _seconds: None)
        given = inputs or (self.inbox,)
        pipeline = self.configuration.pipeline
        return claim_batch(given, pipeline, self.place / "originals", pace=pace, memory=memory)

    def run(self, *inputs: Path, consume: bool = True, killed_before: str = "") -> Claim:
        """Claims, finishes and releases; a kill before `notes`, `end`, `scans` or `tickets` cuts that off."""
        memory = self.memory(consume=consume)
        claim = self.claim(memory, *inputs)
        self.now += 60
        if killed_before == "notes":
            return claim
        memory.keep()
        if killed_before == "end":
            return claim
        self.done |= {source.sha256 for source in claim.batch.sources}
        if not consume or killed_before == "scans":
            return claim
        if killed_before == "tickets":
            for source in claim.batch.sources:
                source.path.unlink()
            return claim
        assert release(claim) == ()
        memory.forget_gone()
        return claim

    def left(self) -> list[str]:
        return sorted(str(path.relative_to(self.inbox)) for path in self.inbox.rglob("*") if path.is_file())


@pytest.fixture
def desk(tmp_path: Path, configuration: Configuration) -> Desk:
    (tmp_path / "in").mkdir()
    return Desk(tmp_path, configuration)


TICKET = {"klasse": "rechnung", "aktenzeichen": "63.10-0007/2025", "bearbeiter": "mm"}


def only(claim: Claim) -> Source:
    (source,) = claim.batch.sources
    return source


def codes(claim: Claim) -> list[str]:
    return [doubt.code for doubt in only(claim).doubts]


def is_told(claim: Claim) -> bool:
    return [voice.operator for voice in only(claim).index] == ["mm"] and codes(claim) == []


def is_stale(claim: Claim) -> bool:
    return only(claim).index == () and only(claim).pipeline is None and codes(claim) == ["ticket_stale"]


@pytest.mark.parametrize("name", ["scan.json", "scan.jpg.json", "anders.json"])
def test_a_ticket_that_comes_too_late_is_not_that_of_the_next_scan(desk: Desk, name: str) -> None:
    desk.put("scan.jpg", b"one")
    assert only(desk.run()).index == ()
    desk.put(name, TICKET | ({"datei": "scan.jpg"} if name == "anders.json" else {}))
    looked = desk.run()
    assert looked.ignored == looked.orphan_tickets == (name,)
    assert looked.batch.sources == ()
    desk.put("scan.jpg", b"two")
    claim = desk.run()
    assert is_stale(claim)
    text = only(claim).doubts[0].text
    assert name in text and "rechnung" in text and "63.10-0007/2025" in text and "mm" in text
    assert claim.orphan_tickets == ()
    assert desk.left() == []


def test_a_list_is_stale_for_the_names_only_that_were_not_there(desk: Desk) -> None:
    desk.put("a.jpg", b"a")
    desk.put("liste.csv", b"datei;bearbeiter\na.jpg;mm\nb.jpg;nn\n")
    first = desk.run()
    assert is_told(first)
    assert first.orphan_tickets == ("liste.csv",)
    desk.put("b.jpg", b"b")
    assert is_stale(desk.run())
    assert desk.left() == []


def test_without_consume_the_same_scan_keeps_its_ticket_and_another_does_not_get_it(desk: Desk) -> None:
    desk.put("scan.jpg", b"one")
    desk.put("scan.json", TICKET)
    assert [is_told(desk.run(consume=False)) for _run in range(3)] == [True] * 3
    desk.put("scan.jpg", b"two")
    assert [is_stale(desk.run(consume=False)) for _run in range(2)] == [True] * 2
    assert is_stale(desk.run())
    assert desk.left() == []


def test_scans_and_tickets_of_the_same_names_come_again_every_day(desk: Desk) -> None:
    for number in range(3):
        desk.put("scan.jpg", b"%d" % number)
        os.utime(desk.put("scan.json", TICKET), (1_700_000_000, 1_700_000_000))
        claim = desk.run()
        assert is_told(claim), number
        assert desk.left() == []
    assert list((desk.place / "tickets").iterdir()) == []


def test_a_ticket_that_is_written_again_is_another(desk: Desk) -> None:
    path = desk.put("scan.json", TICKET)
    assert desk.run().orphan_tickets == ("scan.json",)
    desk.put("scan.jpg", b"one")
    os.utime(path, (desk.now + 1, desk.now + 1))
    desk.now += 3600
    assert is_told(desk.run())


@pytest.mark.parametrize("moment", ["end", "scans", "tickets"])
@pytest.mark.parametrize("again", [False, True])
def test_after_a_kill_a_ticket_goes_with_its_own_scan_or_alone(desk: Desk, moment: str, again: bool) -> None:
    desk.put("scan.jpg", b"one")
    desk.put("scan.json", TICKET)
    assert is_told(desk.run(killed_before=moment))
    if again:
        assert desk.run(killed_before="notes").orphan_tickets == ()
    claim = desk.run()
    assert (claim.orphan_tickets, claim.ignored) == ((), ())
    assert [is_told(claim)] == [True] if moment != "tickets" else claim.batch.sources == ()
    assert desk.left() == []


@pytest.mark.parametrize("moment", ["scans", "tickets"])
def test_what_a_kill_left_is_never_told_of_the_next_scan(desk: Desk, moment: str) -> None:
    desk.put("scan.jpg", b"one")
    desk.put("scan.json", TICKET)
    desk.run(killed_before=moment)
    desk.put("scan.jpg", b"two")
    claim = desk.run()
    assert (only(claim).index, codes(claim), claim.orphan_tickets) == ((), [], ())
    assert desk.left() == []


def test_killed_before_its_scan_was_done_the_next_scan_is_doubted(desk: Desk) -> None:
    desk.put("scan.jpg", b"one")
    desk.put("scan.json", TICKET)
    desk.run(killed_before="end")
    desk.put("scan.jpg", b"two")
    assert is_stale(desk.run())


def test_a_list_of_which_a_kill_left_a_part_goes_in_the_end(desk: Desk) -> None:
    desk.put("a.jpg", b"a"), desk.put("b.jpg", b"b")
    desk.put("liste.csv", b"datei;bearbeiter\nA.JPG;mm\nb.jpg;mm\n")
    desk.run(killed_before="scans")
    (desk.inbox / "a.jpg").unlink()
    claim = desk.run()
    assert is_told(claim)
    assert (claim.orphan_tickets, claim.ignored) == ((), ())
    assert desk.left() == []


def test_a_scan_that_cannot_be_claimed_may_be_mended_under_its_name(desk: Desk) -> None:
    desk.put("scan.jpg", b"")
    desk.put("scan.json", TICKET)
    assert desk.run().orphan_tickets == ()
    desk.put("scan.jpg", b"one")
    assert is_told(desk.run())


def test_a_scan_that_cannot_be_claimed_and_went_takes_nothing_with_it(desk: Desk) -> None:
    empty = desk.put("scan.jpg", b"")
    desk.put("scan.json", TICKET)
    desk.run()
    empty.unlink()
    assert desk.run().orphan_tickets == ("scan.json",)
    desk.put("scan.jpg", b"two")
    assert is_stale(desk.run())


@pytest.mark.parametrize("coming", ["scan.jpg.part", "scan.jpg.filepart", "scan.JPG.TMP"])
def test_a_ticket_waits_for_the_scan_that_is_being_copied(desk: Desk, coming: str) -> None:
    desk.put("scan.json", TICKET)
    part = desk.put(coming, b"one")
    claim = desk.run()
    assert (claim.ignored, claim.orphan_tickets) == (("scan.json",), ())
    part.rename(desk.inbox / "scan.jpg")
    assert is_told(desk.run())


def test_a_ticket_named_without_its_folder_is_no_orphan(desk: Desk) -> None:
    path = desk.put("scan.json", TICKET)
    assert desk.run(path).orphan_tickets == ()
    desk.put("scan.jpg", b"one")
    assert is_told(desk.run())


def test_tickets_may_wait_where_the_settings_say_so(desk: Desk) -> None:
    desk.wait_seconds = 600
    desk.put("scan.json", TICKET)
    assert desk.run().orphan_tickets == ("scan.json",)
    desk.put("scan.jpg", b"one")
    # Killed, and taken up again when the time is over: it stays its own.
    assert is_told(desk.run(killed_before="end"))
    desk.now += 600
    assert is_told(desk.run())
    desk.put("spät.json", TICKET)
    desk.run()
    desk.now += 600
    desk.put("spät.jpg", b"two")
    assert is_stale(desk.run())


def test_inboxes_do_not_mix(desk: Desk) -> None:
    desk.put("eins/scan.json", TICKET)
    one, two = desk.inbox / "eins", desk.inbox / "zwei"
    two.mkdir()
    assert desk.run(one, two).orphan_tickets == ("scan.json",)
    desk.put("zwei/scan.json", TICKET), desk.put("zwei/scan.jpg", b"one")
    assert is_told(desk.run(two))
    assert desk.left() == ["eins/scan.json"]
    # The same folder, however it is named.
    link = desk.place / "link"
    link.symlink_to(one)
    desk.put("eins/scan.jpg", b"two")
    assert is_stale(desk.run(link))


def test_names_of_any_bytes_are_known_again(desk: Desk) -> None:
    name = os.fsdecode(b"sc\xe4n\n")
    desk.put(f"{name}.json", TICKET)
    desk.run()
    desk.put(f"{name}.jpg", b"one")
    assert is_stale(desk.run())


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"tickets": 1}', b'{"tickets": {"scan.json": {}}}'])
def test_notes_that_cannot_be_read_make_every_ticket_doubtful(desk: Desk, content: bytes) -> None:
    desk.put("scan.json", TICKET)
    desk.run()
    (notes,) = (desk.place / "tickets").iterdir()
    notes.write_bytes(content)
    desk.put("scan.jpg", b"one")
    assert is_stale(desk.run())


def test_what_cannot_be_noted_stops_the_run(desk: Desk) -> None:
    desk.put("scan.json", TICKET)
    (desk.place / "tickets").write_text("in the way")
    with pytest.raises(Unwritable):
        desk.run()


def test_a_rehearsal_knows_and_notes_nothing(desk: Desk) -> None:
    desk.put("scan.json", TICKET)
    desk.claim(desk.memory())
    assert not (desk.place / "tickets").exists()
    desk.run()
    desk.put("scan.jpg", b"one")
    before = [path.read_bytes() for path in (desk.place / "tickets").iterdir()]
    assert is_stale(desk.claim(desk.memory()))
    assert [path.read_bytes() for path in (desk.place / "tickets").iterdir()] == before


def test_other_files_of_the_kind_are_neither_tickets_nor_noted(desk: Desk) -> None:
    desk.put("a.xml", b"<Invoice/>"), desk.put("b.json", {"schema": 2}), desk.put("c.json", b"{")
    claim = desk.run()
    assert (len(claim.ignored), claim.orphan_tickets) == (3, ())
    assert not (desk.place / "tickets").exists()
