"""Generated pages that lie by quarter turns or askew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from municipal_paper.pages import SKEW_DEGREES, TURNS, make_pages
from municipal_paper.truth import PAPER_DPI
from PIL import Image
from truth_pages import load_pages

_A4_PIXELS = (2480, 3508)
_EDGE_PIXELS = round(2 / 25.4 * PAPER_DPI)


@pytest.fixture(autouse=True)
def one_template(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which templates are letters is found out by typesetting them all."""
    monkeypatch.setattr("municipal_paper.pages.template_names", lambda _set_name: ["anhoerung"])


def test_a_skewed_page_lies_askew_with_all_its_words_in_sight(tmp_path: Path) -> None:
    (page,) = make_pages("clean", "tuning", 3, 1, tmp_path, "skewed")
    assert SKEW_DEGREES[0] <= abs(page["skew"]) <= SKEW_DEGREES[1]
    assert (page["lay"], page["rotation"]) == ("skewed", 0)
    pixels = np.asarray(Image.open(tmp_path / page["file"]).convert("L"))
    inner = pixels[_EDGE_PIXELS:-_EDGE_PIXELS, _EDGE_PIXELS:-_EDGE_PIXELS]
    assert np.count_nonzero(inner < 100) == np.count_nonzero(pixels < 100) > 10_000


def test_a_turned_page_is_another_paper_on_its_side_or_head(tmp_path: Path) -> None:
    (level,) = make_pages("clean", "tuning", 3, 1, tmp_path)
    (turned,) = make_pages("clean", "tuning", 3, 1, tmp_path, "turned")
    assert turned["rotation"] in TURNS
    width, height = Image.open(tmp_path / turned["file"]).size
    expected = _A4_PIXELS if turned["rotation"] == 180 else _A4_PIXELS[::-1]
    assert (width, height) == pytest.approx(expected, abs=2)
    assert turned["text"] != level["text"]
    assert turned["file"] != level["file"]
    assert (level["lay"], level["rotation"]) == ("level", 0)


def test_pages_that_lie_otherwise_are_groups_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "truth.json").write_text(
        '{"set": "tuning", "seed": 3, "lay": "turned", "pages": ['
        '{"file": "a.jpg", "group": "fax", "lay": "turned", "text": "Amt", "rotation": 90, "skew": 0.1},'
        '{"file": "b.jpg", "group": "fax", "text": "Amt", "rotation": 0, "skew": 0.1}]}'
    )
    loaded = load_pages(tmp_path)
    assert [page.group for page in loaded.pages] == ["generated_turned", "fax"]
    assert loaded.facts["lay"] == "turned"
