"""Where documents lie: folders of the plan, Akten, Vorgänge, numbers, and the limit of 240 characters."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.model import Place, Unwritable, UsageProblem
from dipro_scan.records.catalogue import Catalogue, document_number, vorgang_number
from dipro_scan.records.layout import MAX_PATH, Layout, Target
from dipro_scan.records.names import width
from dipro_scan.settings import Aktenplan, AktenplanNode

DAY = dt.date(2025, 3, 4)
AKTE = "63 Bauordnung/63.10 Baugenehmigungen/63.10-0007_2025 Musterweg 5"


@pytest.fixture
def plan(kit: ModuleType) -> Aktenplan:
    plan = kit.PLAN
    assert isinstance(plan, Aktenplan)
    return plan


def layout(root: Path, catalogue: Catalogue | None = None) -> Layout:
    return Layout(root, catalogue or Catalogue(), transliterate=False)


def place(title: str = "Musterweg 5", vorgang: str = "Bauantrag", number: str = "63.10-0007/2025") -> Place:
    return Place("63.10", number, title, vorgang)


def test_names_are_those_that_were_promised(tmp_path: Path, plan: Aktenplan) -> None:
    target = layout(tmp_path).target(place(), "bauantrag", DAY, plan)
    assert target.pdf == f"{AKTE}/001 Bauantrag/2025-03-04_0001_bauantrag.pdf"
    assert target.metadata == f"{AKTE}/001 Bauantrag/2025-03-04_0001_bauantrag.json"
    assert target.akte_container == f"{AKTE}/akte.json"
    assert target.vorgang_container == f"{AKTE}/001 Bauantrag/vorgang.json"


def test_what_exists_keeps_its_folder(tmp_path: Path, plan: Aktenplan) -> None:
    catalogue = Catalogue(
        akten={"63.10-0007/2025": AKTE},
        vorgaenge={(AKTE, "Bauantrag"): f"{AKTE}/001 Bauantrag"},
        highest={AKTE: 1, f"{AKTE}/001 Bauantrag": 7},
    )
    same = layout(tmp_path, catalogue).target(place(title="Another title"), "bescheid", DAY, plan)
    assert same.pdf == f"{AKTE}/001 Bauantrag/2025-03-04_0008_bescheid.pdf"
    other = layout(tmp_path, catalogue).target(place(vorgang="Widerspruch"), "brief", DAY, plan)
    assert other.vorgang == f"{AKTE}/002 Widerspruch"


def test_a_folder_of_the_plan_outlives_its_title(tmp_path: Path, plan: Aktenplan) -> None:
    (tmp_path / "63 Bauen").mkdir()
    (tmp_path / "63.10 decoy").mkdir()
    target = layout(tmp_path).target(place(), "bauantrag", DAY, plan)
    assert target.akte.startswith("63 Bauen/63.10 Baugenehmigungen/")


def test_numbers_on_disk_are_not_given_again(tmp_path: Path, plan: Aktenplan) -> None:
    (tmp_path / AKTE / "004 By hand").mkdir(parents=True)
    (tmp_path / AKTE / "akte.json").write_text("{}")
    known = Catalogue(akten={"63.10-0007/2025": AKTE})
    target = layout(tmp_path, known).target(place(), "bauantrag", DAY, plan)
    assert target.vorgang == f"{AKTE}/005 Bauantrag"
    folder = tmp_path / target.vorgang
    folder.mkdir()
    (folder / "2024-01-01_0011_FOREIGN.PDF").touch()
    known.vorgaenge[AKTE, "Bauantrag"] = target.vorgang
    assert layout(tmp_path, known).target(place(), "x", DAY, plan).stem == "2025-03-04_0012_x"


def test_another_aktenzeichen_never_shares_a_folder(tmp_path: Path, plan: Aktenplan) -> None:
    known = Catalogue(akten={"63.10-0007/2025": AKTE})
    (tmp_path / AKTE).mkdir(parents=True)
    alike = layout(tmp_path, known).target(place(number="63.10-0007_2025"), "x", DAY, plan)
    assert alike.akte == f"{AKTE} ~2"


def test_a_folder_made_in_advance_is_taken(tmp_path: Path, plan: Aktenplan) -> None:
    (tmp_path / AKTE).mkdir(parents=True)
    assert layout(tmp_path).target(place(), "x", DAY, plan).akte == AKTE
    (tmp_path / AKTE / "akte.json").write_text("{}")
    assert layout(tmp_path).target(place(), "x", DAY, plan).akte == f"{AKTE} ~2"


def test_a_vorgang_made_in_advance_is_taken(tmp_path: Path, plan: Aktenplan) -> None:
    (tmp_path / AKTE / "003 Bauantrag").mkdir(parents=True)
    assert layout(tmp_path).target(place(), "x", DAY, plan).vorgang == f"{AKTE}/003 Bauantrag"
    (tmp_path / AKTE / "003 Bauantrag" / "vorgang.json").touch()
    assert layout(tmp_path).target(place(), "x", DAY, plan).vorgang == f"{AKTE}/004 Bauantrag"


def test_hostile_names_stay_inside(tmp_path: Path, plan: Aktenplan) -> None:
    hostile = Place("63.10", "../../../etc/passwd", "../..", "/root/..")
    target = layout(tmp_path).target(hostile, "../x", DAY, plan)
    assert (tmp_path / target.pdf).resolve().is_relative_to(tmp_path.resolve())
    assert ".." not in Path(target.pdf).parts
    assert len(Path(target.pdf).parts) == 5


def test_a_number_outside_the_plan_is_told(tmp_path: Path, plan: Aktenplan) -> None:
    with pytest.raises(UsageProblem, match=r"99\.99"):
        layout(tmp_path).target(Place("99.99", "99.99-1", "x", "y"), "x", DAY, plan)


def test_a_root_too_deep_is_told(plan: Aktenplan) -> None:
    with pytest.raises(Unwritable, match="too long"):
        layout(Path("/") / ("x" * 200)).target(place(), "x", DAY, plan)


@given(
    root_length=st.integers(min_value=1, max_value=110),
    texts=st.tuples(*[st.text(max_size=90)] * 3),
    class_id=st.text("abcdefgh_-", min_size=1, max_size=64),
    nodes=st.lists(st.text(min_size=1, max_size=64), min_size=1, max_size=4),
)
def test_every_path_fits_and_is_stable(
    root_length: int, texts: tuple[str, str, str], class_id: str, nodes: list[str]
) -> None:
    numbers = ["63", "63.10", "63.10.05", "63.10.05.01"][: len(nodes)]
    plan = Aktenplan(
        schema=1,
        name="x",
        title="x",
        nodes=tuple(
            AktenplanNode(kennzeichen=number, bezeichnung=title)
            for number, title in zip(numbers, nodes, strict=True)
        ),
    )
    with tempfile.TemporaryDirectory() as base:
        root = Path(base) / ("r" * max(1, root_length - len(base)))
        where = Place(numbers[-1], texts[0] or "x", texts[1], texts[2])
        target = layout(root).target(where, class_id, DAY, plan)
        longest = root / f"{target.vorgang}/{target.stem}.note999.json"
        assert width(str(longest)) <= MAX_PATH
        assert all(width(part) <= 64 for part in longest.relative_to(root).parts)
        assert len(Path(target.pdf).parts) == len(nodes) + 3
        (root / target.vorgang).mkdir(parents=True)
        (root / target.pdf).touch()
        again = layout(root, known_from(target, where)).target(where, class_id, DAY, plan)
        assert (again.akte, again.vorgang) == (target.akte, target.vorgang)
        assert again.stem.startswith("2025-03-04_0002_")


def known_from(target: Target, where: Place) -> Catalogue:
    return Catalogue(
        akten={where.aktenzeichen: target.akte},
        vorgaenge={(target.akte, where.vorgang_title): target.vorgang},
    )


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("2025-03-04_0001_bauantrag.pdf", 1),
        ("2025-03-04_12345_x", 12345),
        ("2025-03-04_0007", 7),
        ("2025-03-04_01_x.pdf", 0),
        ("vorgang.json", 0),
    ],
)
def test_document_numbers(name: str, number: int) -> None:
    assert document_number(name) == number


@pytest.mark.parametrize(
    ("name", "number"), [("001 Bauantrag", 1), ("012", 12), ("1000 x", 1000), ("12 x", 0), ("akte.json", 0)]
)
def test_vorgang_numbers(name: str, number: int) -> None:
    assert vorgang_number(name) == number


def test_names_are_read_only_where_somebody_else_was_there(
    opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.store.file(opened.filing("first"))
    vorgang = next(opened.root.rglob("vorgang.json")).parent
    listed: list[str] = []
    scandir = os.scandir

    def telling(folder: Any) -> Any:
        listed.append(str(folder))
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", telling)
    opened.store.file(opened.filing("second"))
    assert str(vorgang) not in listed
    (vorgang / "2025-03-04_0009_von_hand.pdf").write_bytes(b"by hand")
    record = opened.store.file(opened.filing("third"))
    assert str(vorgang) in listed
    assert Path(record.pdf).name.startswith("2025-03-04_0010_")
