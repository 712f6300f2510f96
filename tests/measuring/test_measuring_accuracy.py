"""The result of the accuracy benchmark, from texts that were read."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import accuracy
import pytest
from accuracy import OURS, THEIRS, compared, summary
from accuracy_tables import in_group_order, shown
from truth_pages import TruthPage

_TRUTH = "Für § 5 der Satzung zahlt Frau Äpfel 12,50 € an die Straße, und das Jahr für Jahr wieder."
_OURS = _TRUTH.replace("Äpfel", "Apfel")
_THEIRS = _TRUTH.replace("§", "$").replace("Satzung", "Sarzuno").replace("Jahr für Jahr", "jahr fur jahr")


def _read(group: str, ours: str, theirs: str, *, order_free: bool = False) -> accuracy.ReadPage:
    generated = not group.startswith("real")
    page = TruthPage(Path(f"{group}.jpg"), group, _TRUTH, generated, order_free=order_free)
    return compared(page, {OURS: ours, THEIRS: theirs, "tesseract": theirs})


def test_a_summary_has_groups_ratios_and_characters_apart() -> None:
    result = summary([_read("fax", _OURS, _THEIRS), _read("clean", _OURS, _OURS)], reported=False)
    assert list(result["groups"]) == ["clean", "fax"]
    fax = result["groups"]["fax"]["readers"]
    assert fax[OURS]["characters_by_kind"]["umlauts"] == {"in_truth": 3, "read_right": 2}
    assert fax[THEIRS]["characters_by_kind"]["umlauts"] == {"in_truth": 3, "read_right": 2}
    assert fax[THEIRS]["characters_by_kind"]["§"] == {"in_truth": 1, "read_right": 0}
    assert result["ratios"]["fax"]["ratio"] == pytest.approx(1 / 6, abs=1e-4)
    assert result["mean_ratio"] == pytest.approx((1 / 6 + 1) / 2, abs=1e-4)


def test_what_stands_there_by_hand_counts_once_and_is_left_out_once() -> None:
    page = TruthPage(Path("clean.jpg"), "clean", _TRUTH, generated=True, written="Annegret Musterfrau")
    read = compared(page, {OURS: f"{_TRUTH}\nAnnegret Musterfrau", THEIRS: _TRUTH})
    result = summary([read], reported=False)
    assert [page["file"] for page in result["worse_pages"]] == ["clean.jpg"]
    assert result["ratios"]["clean"][OURS] > 0
    assert result["print_alone"]["worse_pages"] == []
    assert result["print_alone"]["ratios"]["clean"][OURS] == 0
    assert "print alone: error, %" in shown(result)
    assert "print alone: clearly worse" not in shown(result)


def test_a_page_that_is_clearly_worse_is_listed_with_both_numbers() -> None:
    result = summary([_read("table", "", _OURS)], reported=False)
    (page,) = result["worse_pages"]
    assert page["file"] == "table.jpg"
    assert page["character_errors"] == {OURS: len(_TRUTH), THEIRS: 1}
    assert not all(limit["holds"] for limit in result["limits"])


def test_pages_of_debatable_order_are_listed_by_word_f1() -> None:
    turned_about = " ".join(reversed(_TRUTH.split()))
    result = summary(
        [_read("real_upright", turned_about, _THEIRS, order_free=True), _read("clean", _OURS, _THEIRS)],
        reported=False,
    )
    (page,) = result["order_free_pages"]
    assert page["word_f1_percent"][OURS] == 100.0
    assert page["word_f1_percent"][THEIRS] < 100.0
    assert "real_upright" not in result["ratios"]
    assert result["groups"]["real_upright"]["readers"][OURS]["faults"]["order"] == 0


def test_a_result_is_json_and_shown_to_people() -> None:
    result = summary([_read("clean", _OURS, ""), _read("clean", "", _THEIRS)], reported=True)
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    text = shown(result)
    assert "DOES NOT HOLD: generated pages in the seven groups: 2 (at least 120)" in text
    assert "DOES NOT HOLD: ratio of real_turned: no number (at most 0.2)" in text
    assert "clearly worse than OCRmyPDF" in text


def test_groups_are_shown_in_the_same_order_and_unknown_ones_last() -> None:
    assert in_group_order(["new", "historical", "fax", "generated_turned", "clean"]) == [
        "clean",
        "fax",
        "generated_turned",
        "historical",
        "new",
    ]


def test_pages_of_the_other_set_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "truth.json").write_text(
        '{"set": "report", "seed": 1, "pages": [{"file": "a.jpg", "group": "fax", "text": "Amt",'
        ' "rotation": 0, "skew": 0.0}]}'
    )
    monkeypatch.setattr(
        sys, "argv", ["accuracy.py", str(tmp_path), "--set", "tuning", "--ocrmypdf", sys.executable]
    )
    with pytest.raises(SystemExit, match="of the set report; --set asks for tuning"):
        accuracy.main()
