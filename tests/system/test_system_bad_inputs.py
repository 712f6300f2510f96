"""Forty bad inputs of every kind beside good ones: told, kept, and nothing good held up by them."""

from __future__ import annotations

from pathlib import Path

from bad_inputs_trial import carried
from bad_papers import bad_papers
from system_office import Office

COUNT = 40
LIMIT_SECONDS = 240.0


def test_bad_inputs_are_accounted_for_and_good_ones_filed(office: Office) -> None:
    papers = bad_papers()
    assert len(papers) >= 150
    # Every kind in its share, whatever its place in the list.
    chosen = [papers[number * len(papers) // COUNT] for number in range(COUNT)]
    assert {paper.kind for paper in chosen} >= {
        "cut",
        "rot",
        "wrong type",
        "bomb",
        "loop",
        "size",
        "odd name",
    }
    trial = carried(office, chosen, [], LIMIT_SECONDS)
    assert trial.problems == ()
    assert trial.code == 4
    assert trial.files >= COUNT


def test_the_bad_scans_of_the_test_data_are_accounted_for(office: Office, scans: Path) -> None:
    extra = sorted((scans / "bad").iterdir())
    assert extra
    trial = carried(office, [], extra, LIMIT_SECONDS)
    assert trial.problems == ()
    assert trial.files == len(extra) + 4
