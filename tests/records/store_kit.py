"""A store to file into, for tests and for the processes that they start (and kill).

Run as a program: `store_kit.py fill ROOT COUNT PREFIX` files documents into one Vorgang once a line
arrives on standard input; `store_kit.py kill ROOT SCENARIO` kills filings at every step and tells on
standard output, a JSON object a line, what recovery made of each.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import itertools
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from dipro_scan.ledger import Ledger
from dipro_scan.model import Place
from dipro_scan.records import BesideFile, Filing, RecordStore
from dipro_scan.settings import Aktenplan, AktenplanNode, Organisation, Procedure, Site

SITE = Site(
    schema=1,
    organisation=Organisation(name="Stadt Musterstadt", unit="Scanstelle", town="Musterstadt"),
    procedure=Procedure(name="Ersetzendes Scannen", version="1.0"),
)
PLAN = Aktenplan(
    schema=1,
    name="musterstadt",
    title="Musterstadt",
    nodes=(
        AktenplanNode(kennzeichen="63", bezeichnung="Bauordnung"),
        AktenplanNode(kennzeichen="63.10", bezeichnung="Baugenehmigungen", akten_typ="Fallakte"),
        AktenplanNode(kennzeichen="32", bezeichnung="Öffentliche Ordnung"),
    ),
)
PLACE = Place("63.10", "63.10-0007/2025", "Musterweg 5", "Bauantrag")
DAY = dt.date(2025, 3, 4)


class TickingClock:
    """A second passes between two looks."""

    def __init__(self) -> None:
        self._now = dt.datetime(2025, 3, 4, 12, 0, tzinfo=dt.UTC)

    def now(self) -> dt.datetime:
        self._now += dt.timedelta(seconds=1)
        return self._now


class Opened:
    """A store and its ledger, as one process has them."""

    def __init__(self, root: Path, *, site: Site = SITE) -> None:
        (root / ".dipro").mkdir(parents=True, exist_ok=True)
        self.root = root
        self.ledger = Ledger(root / ".dipro" / "ledger.sqlite")
        self.store = RecordStore(root, self.ledger, TickingClock(), site)
        self.store.prepare()

    def filing(
        self,
        document_id: str,
        place: Place = PLACE,
        *,
        date: dt.date = DAY,
        class_id: str = "bauantrag",
        content: bytes | None = None,
        texts: bool = False,
    ) -> Filing:
        pdf = self.root.with_name(f"{self.root.name}-work") / f"{document_id}.pdf"
        pdf.parent.mkdir(exist_ok=True)
        pdf.write_bytes(content if content is not None else b"%PDF-1.7 " + document_id.encode() * 4000)
        metadata = {"schema": 1, "id": document_id, "transfer_note": {"tv_id": "tv"}, "software": ["Straße"]}
        beside = []
        for role, ending in (("text", ".txt"), ("alto", ".alto.xml")) if texts else ():
            path = pdf.with_suffix(ending)
            path.write_text(f"{role} of {document_id}\n" * 100)
            beside.append(BesideFile(role, ending, path))
        return Filing(document_id, place, class_id, date, pdf, metadata, PLAN, beside=tuple(beside))

    def pdfs(self) -> list[str]:
        return sorted(path.relative_to(self.root).as_posix() for path in self.root.rglob("*.pdf"))

    def all_files(self) -> list[str]:
        """Everything among the records, containers too."""
        return sorted(
            path.relative_to(self.root).as_posix()
            for path in self.root.rglob("*")
            if path.is_file() and ".dipro" not in path.parts
        )

    def close(self) -> None:
        self.ledger.close()


def fill(root: Path, count: int, prefix: str) -> None:
    opened = Opened(root)
    sys.stdin.readline()
    for number in range(count):
        opened.store.file(opened.filing(f"{prefix}-{number}"))
    opened.close()


# Killing at every step

_CALLS = ("fsync", "link", "replace", "mkdir", "unlink", "rmdir", "truncate", "ftruncate")


def _without_links(*_arguments: Any, **_options: Any) -> None:
    raise PermissionError(errno.EPERM, "no hard links on this file system")


def arm(moment: int) -> None:
    """Kills this process before the `moment`-th call from now that changes something on disk.

    What stands on disk before a call is what stood there after the call before it.
    """
    steps = itertools.count(1)

    def step() -> None:
        if next(steps) == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched(call: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*arguments: Any, **options: Any) -> Any:
            step()
            return call(*arguments, **options)

        return stepping

    def torn_write(handle: int, data: Any) -> int:
        step()
        half = write(handle, data[: len(data) // 2])
        step()
        return half + write(handle, data[half:])

    write = os.write
    for name in _CALLS:
        setattr(os, name, watched(getattr(os, name)))
    os.write = torn_write
    Ledger.intend = watched(Ledger.intend)  # type: ignore[method-assign]
    Ledger.settle = watched(Ledger.settle)  # type: ignore[method-assign]


def in_child(work: Callable[[], None]) -> bool:
    """Runs `work` in a process of its own; whether it came to its end."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException as error:
            print(f"child: {error!r}", file=sys.stderr)
            os._exit(1)
    _child, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0:
        raise SystemExit("a child failed")
    return not os.WIFSIGNALED(status)


def _file_second(root: Path, scenario: str) -> None:
    opened = Opened(root)
    # Earlier than the first document: the containers are replaced. Elsewhere: all is new.
    place = Place("32", "32-1", "Lärm", "Anzeige") if scenario == "new" else PLACE
    texts = scenario == "with_texts"
    opened.store.file(opened.filing("second", place, date=dt.date(2025, 1, 2), texts=texts))
    opened.close()


def _tell(root: Path, moment: int, again: int | None, scenario: str) -> None:
    """What stands in the store after recovery, and after the filing is repeated."""
    opened = Opened(root)
    told = opened.store.recover()
    recovered = [damage.message for damage in opened.store.verify()]
    after_recovery = opened.all_files()
    known = opened.ledger.record_of("second") is not None
    _file_second(root, scenario)
    heads = opened.store.head()
    print(
        json.dumps(
            {
                "moment": moment,
                "again": again,
                "told": len(told),
                "damages": recovered + [damage.message for damage in opened.store.verify()],
                "known": known,
                "after_recovery": after_recovery,
                "files": opened.all_files(),
                "records": [record.document_id for record in opened.ledger.records()],
                "intents": len(opened.ledger.open_intents()),
                "staging": len(list((root / ".dipro" / "staging").iterdir())),
                "begin": [
                    json.loads(path.read_text())["laufzeit"]["beginn"] for path in root.rglob("akte.json")
                ],
                "lines": heads.number if heads else 0,
            }
        )
    )
    sys.stdout.flush()
    opened.close()


def kill_everywhere(base: Path, scenario: str) -> None:
    if scenario == "no_links":
        os.link = _without_links
    template = base / "template"
    # Here and not in a child: what this loads and compiles all children inherit.
    opened = Opened(template)
    opened.store.file(opened.filing("first"))
    opened.store.verify()
    opened.close()
    for moment in itertools.count(1):
        root = base / f"at-{moment}"
        shutil.copytree(template, root)
        survived = _kill_once(root, moment, scenario)
        # Every fifth time recovery itself is killed too, each time somewhere else.
        again = moment // 5 if moment % 5 == 0 and not survived else None
        if again is not None:
            in_child(partial(_recover_armed, root, again))
        in_child(partial(_tell, root, moment, again, scenario))
        shutil.rmtree(root)
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(base / f"at-{moment}-work")
        if survived:
            return


def _kill_once(root: Path, moment: int, scenario: str) -> bool:
    def work() -> None:
        arm(moment)
        _file_second(root, scenario)

    return in_child(work)


def _recover_armed(root: Path, moment: int) -> None:
    opened = Opened(root)
    arm(moment)
    opened.store.recover()


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        fill(Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    else:
        kill_everywhere(Path(sys.argv[2]), sys.argv[3])
