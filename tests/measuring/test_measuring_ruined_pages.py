"""Pages that something happened to, and what is true of them."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
from municipal_paper.collection import write_truth
from municipal_paper.pages import make_pages
from read_words import written_on
from ruined_pages import DAMAGES, STRIPS, ruined_set
from truth_pages import load_pages


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    entries = [
        entry for group in ("stamp", "fax") for entry in make_pages(group, "tuning", 3, 1, folder, "level")
    ]
    write_truth({"schema": 1, "set": "tuning", "seed": 3, "pages": entries}, folder / "truth.json")
    return folder


def test_what_a_stamp_says_is_known_beside_what_is_printed(pages: Path) -> None:
    stamped = load_pages(pages).pages[0]
    written = written_on(pages)[stamped.path.name].split()
    assert written
    assert not set(written) <= set(stamped.text.split())


def test_real_scans_have_nothing_written_that_is_known(tmp_path: Path) -> None:
    assert written_on(tmp_path) == {}


def test_ruined_pages_keep_their_truth_and_are_the_same_for_the_same_seed(
    pages: Path, tmp_path: Path
) -> None:
    for folder, seed in (("a", 5), ("b", 5), ("c", 6)):
        ruined_set(pages, seed, tmp_path / folder)
    truth = json.loads((tmp_path / "a" / "truth.json").read_text(encoding="utf-8"))
    (entry,) = truth["pages"]  # black and white pages are left out
    given = load_pages(pages).pages[0]
    assert (entry["text"], entry["written"]) == (given.text, written_on(pages)[given.path.name])
    assert entry["group"] in DAMAGES and truth["set"] == "tuning"
    a, b, c = ((tmp_path / name / entry["file"]).read_bytes() for name in "abc")
    assert a == b != c


@pytest.mark.parametrize("kind", DAMAGES)
def test_each_damage_changes_the_page_and_a_strip_leaves_its_head_alone(kind: str) -> None:
    chance = np.random.default_rng(4)
    page = np.where(chance.random((1170, 827)) < 0.1, 20, 240).astype(np.uint8)
    ruined = DAMAGES[kind](page, 100 / 25.4, random.Random(1))
    assert ruined.shape == page.shape and ruined.dtype == np.uint8
    assert (np.abs(ruined.astype(int) - page) > 20).mean() > 0.03
    if kind in STRIPS:
        assert np.array_equal(ruined[:150], page[:150])
