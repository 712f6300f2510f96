"""Which files of a claim wait in the inbox for the other side of their stack."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import pytest

from dipro_scan.batch.claiming import Claim, claim_of
from dipro_scan.batch.halves import leave_halves
from dipro_scan.batch.pipelines import Pipelines
from dipro_scan.model import IndexValues, Quarantined, QuarantineReason, Source
from dipro_scan.settings import CollationSettings, Configuration, load_configuration

MINUTE = 60.0


@pytest.fixture(scope="module")
def shipped() -> Configuration:
    return load_configuration("posteingang")


def pipelines(shipped: Configuration, **collation: object) -> Pipelines:
    settings = CollationSettings.model_validate({"mode": "two_passes", "wait_minutes": 10, **collation})
    pipeline = shipped.pipeline.model_copy(update={"collation": settings})
    return Pipelines(shipped.model_copy(update={"pipeline": pipeline}), lambda _name: shipped)


def source(folder: Path, name: str, station: str | None = None, pipeline: str | None = None) -> Source:
    path = folder / name
    path.write_bytes(name.encode())
    index = (IndexValues("ticket", "ticket.json", station=station),) if station else ()
    when = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return Source(name, path, path, name.encode().hex(), 1, when, index, pipeline)


def left(claim: Claim, found: Pipelines, *, minutes: float = 0) -> tuple[list[str], list[str]]:
    """Names of what waits and of what is taken, so many minutes after the files were written."""
    rest = leave_halves(claim, found, time.time() + minutes * MINUTE)
    assert rest.batch.id == claim_of(rest.sequence, "x").batch.id
    assert not rest.halves or rest.batch.id != claim.batch.id
    return list(rest.halves), [item.name for item in rest.batch.sources]


def test_a_young_half_waits_and_an_old_one_does_not(tmp_path: Path, shipped: Configuration) -> None:
    claim = claim_of([source(tmp_path, name) for name in ("a_v.pdf", "b.pdf")], "x")
    assert left(claim, pipelines(shipped)) == (["a_v.pdf"], ["b.pdf"])
    assert left(claim, pipelines(shipped), minutes=11) == ([], ["a_v.pdf", "b.pdf"])
    assert left(claim, pipelines(shipped, wait_minutes=0)) == ([], ["a_v.pdf", "b.pdf"])
    assert left(claim, pipelines(shipped, mode="none")) == ([], ["a_v.pdf", "b.pdf"])


def test_whole_stacks_are_taken_at_once(tmp_path: Path, shipped: Configuration) -> None:
    claim = claim_of([source(tmp_path, name) for name in ("a_r.pdf", "a_v.pdf")], "x")
    assert left(claim, pipelines(shipped)) == ([], ["a_r.pdf", "a_v.pdf"])


def test_a_station_with_an_odd_number_of_files_waits_whole(tmp_path: Path, shipped: Configuration) -> None:
    files = [source(tmp_path, f"{number}.pdf", station) for number, station in enumerate("ABAAB")]
    stations = pipelines(shipped, pairing="stations")
    assert left(claim_of(files, "x"), stations) == (["0.pdf", "2.pdf", "3.pdf"], ["1.pdf", "4.pdf"])


@pytest.mark.parametrize("missing", ["unsettled", "gone"])
def test_nothing_pairs_by_order_while_a_file_is_not_there_yet(
    tmp_path: Path, shipped: Configuration, missing: str
) -> None:
    files = [source(tmp_path, name) for name in ("1.pdf", "3.pdf")]
    claim = claim_of(files, "x")
    disturbed = Claim(claim.batch, claim.sequence, **{missing: ("2.pdf",)})  # type: ignore[arg-type]
    stations = pipelines(shipped, pairing="stations")
    assert left(disturbed, stations, minutes=99) == (["1.pdf", "3.pdf"], [])
    assert left(claim, stations) == ([], ["1.pdf", "3.pdf"])


def test_refused_files_and_those_of_other_pipelines_stay_in_the_claim(
    tmp_path: Path, shipped: Configuration
) -> None:
    refused = Quarantined("c_r.pdf", "ab", QuarantineReason.SYMLINK, "…", None)
    files = [source(tmp_path, "a_v.pdf"), refused, source(tmp_path, "b_v.pdf", pipeline="other")]
    rest = leave_halves(claim_of(files, "x"), pipelines(shipped), time.time())
    assert rest.halves == ("a_v.pdf",)
    assert rest.refused == (refused,)
    assert [item.name for item in rest.batch.sources] == ["b_v.pdf"]
