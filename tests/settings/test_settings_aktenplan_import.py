"""Tables as cities have them → a plan that loads, or the line that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dipro_scan.model import SettingsError, UsageProblem
from dipro_scan.settings import Aktenplan, import_aktenplan, name_for
from dipro_scan.settings.csv_table import read_table
from dipro_scan.settings.problems import validated
from dipro_scan.settings.yaml_source import read_yaml

GOOD = """kennzeichen;bezeichnung;akten_typ
10;Innere Verwaltung;
10.10;Größe & Maß;Sammelakte
10.10.05;Dritte Ebene;Fallakte
"""


def _table(folder: Path, content: str | bytes) -> Path:
    file = folder / "Mein Plan.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def _plan(folder: Path, content: str | bytes) -> Aktenplan:
    plan, problems = import_aktenplan(_table(folder, content), "mein-plan")
    assert (problems, plan is None) == ([], False)
    assert plan is not None
    target = folder / "mein-plan.yaml"
    target.write_text(plan.text, "utf-8")
    return validated(read_yaml(target), Aktenplan)


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        GOOD.replace(";", ","),
        GOOD.replace("\n", "\r\n"),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode("cp1252"),
        "sep=;\r\n" + GOOD,
        "\n" + GOOD.replace("\n10;", "\n;;\n10;"),
        GOOD.replace("kennzeichen;bezeichnung;akten_typ", " Kennzeichen ;BEZEICHNUNG;Akten-Typ"),
        GOOD.replace("Innere Verwaltung", '"Innere\nVerwaltung"'),
    ],
)
def test_tables_as_office_programs_save_them(tmp_path: Path, content: str | bytes) -> None:
    plan = _plan(tmp_path, content)
    assert [(node.kennzeichen, node.bezeichnung, node.akten_typ) for node in plan.nodes] == [
        ("10", "Innere Verwaltung", None),
        ("10.10", "Größe & Maß", "Sammelakte"),
        ("10.10.05", "Dritte Ebene", "Fallakte"),
    ]


def test_what_settings_do_not_know_stays_as_a_comment(tmp_path: Path) -> None:
    rows = "kennzeichen;parent;ebene;bezeichnung;aufbewahrung_jahre;aussonderungsart;beschreibung\n"
    rows += "10;;1;A;;;\n10 44;10;2;B;dauernd;A;Mit: Doppelpunkt # und Raute\n"
    table = _table(tmp_path, rows)
    plan, _problems = import_aktenplan(table, "p")
    assert plan is not None
    assert plan.noted_columns == ("beschreibung", "aufbewahrung_jahre", "aussonderungsart")
    assert "  # aufbewahrung_jahre: dauernd\n" in plan.text
    assert "  # beschreibung: Mit: Doppelpunkt # und Raute\n" in plan.text
    assert _plan(tmp_path, rows).path("10 44")[0].bezeichnung == "A"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("10.20.1;Ohne Eltern;", "line 5: 10.20.1 has no parent in the table; add a row for 10.20"),
        ("10.10;Doppelt;", "line 5: the Kennzeichen 10.10 already stands on line 3"),
        ("10-30;Strich;", "line 5: the Kennzeichen “10-30” must be groups"),
        ("10.300;Drei;", "line 5: the Kennzeichen “10.300” must be groups"),
        (";Leer;", "line 5: the Kennzeichen “” must be groups"),
        ("10.30;;", "line 5: the Bezeichnung of 10.30 is missing"),
        (f"10.30;{'x' * 65};", "line 5: the Bezeichnung has 65 characters; 64 are allowed"),
        (
            "10.30;A;Fallakten",
            "line 5: akten_typ is “Fallakten”; allowed are: Sachakte, Fallakte, Sammelakte",
        ),
        ("10.30;A;;zu viel", "line 5: the row has 4 values for 3 columns"),
        ("10.30;\x07;", "holds a character that cannot be printed"),
        ('10.30;"offen;', "line 5: this is no row of a table"),
    ],
)
def test_the_line_that_is_wrong_and_why(tmp_path: Path, row: str, message: str) -> None:
    table = _table(tmp_path, GOOD + row + "\n")
    try:
        plan, problems = import_aktenplan(table, "p")
    except SettingsError as error:
        plan, problems = None, [error]
    assert plan is None
    assert len(problems) == 1
    assert str(problems[0]).startswith(str(table))
    assert message in str(problems[0])


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("parent", "20", "the parent of 10.10 is “20”, but by its number it is “10”"),
        ("ebene", "3", "the ebene of 10.10 is “3”, but its number has 2 groups"),
        ("aufbewahrung_jahre", "zehn", "it must be a whole number up to 200, or dauernd"),
        ("aufbewahrung_jahre", "201", "it must be a whole number up to 200, or dauernd"),
        ("aussonderungsart", "X", "aussonderungsart is “X”; allowed are: A, B, V"),
        ("bezeichnug", "x", "line 1: there is no column “bezeichnug” in a plan; “bezeichnung” may be meant"),
    ],
)
def test_further_columns_are_checked_too(tmp_path: Path, column: str, value: str, message: str) -> None:
    rows = f"kennzeichen,bezeichnung,{column}\n10,A,\n10.10,B,{value}\n"
    plan, problems = import_aktenplan(_table(tmp_path, rows), "p")
    assert plan is None
    assert [message in str(problem) for problem in problems] == [True]


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    plan, problems = import_aktenplan(_table(tmp_path, GOOD + "10.30;;Akte\n99.1;A;\n"), "p")
    assert plan is None
    assert [str(problem).split(": ")[0].rpartition("line ")[2] for problem in problems] == ["5", "5", "6"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "has no rows"),
        ("kennzeichen;bezeichnung\n", "has no rows"),
        ("nummer;bezeichnung\n10;A\n", "line 1: the column “kennzeichen” is missing"),
        ("kennzeichen;kennzeichen;bezeichnung\n", "line 1: the column “kennzeichen” stands twice"),
        (GOOD.encode("utf-16"), "is no text table; save it as CSV"),
        (b"kennzeichen;bezeichnung\n10;\x81\n", "is no text table"),
    ],
)
def test_what_is_no_table(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        import_aktenplan(_table(tmp_path, content), "p")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        import_aktenplan(tmp_path / "no.csv", "p")


@pytest.mark.parametrize("name", ["", "Plan", "../p", "a b", "p.yaml"])
def test_a_name_that_no_plan_may_have(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageProblem, match="--name"):
        import_aktenplan(_table(tmp_path, GOOD), name)


def test_a_files_name_as_a_plans_name() -> None:
    assert name_for("Aktenplan Köln (2026)") == "aktenplan-koeln-2026"
    assert name_for("plan_a") == "plan_a"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(title=st.text(min_size=1, max_size=40), note=st.text(max_size=40))
def test_whatever_is_accepted_is_yaml_that_says_the_same(tmp_path: Path, title: str, note: str) -> None:
    quoted = ['"' + text.replace('"', '""') + '"' for text in (title, note)]
    content = f"kennzeichen;bezeichnung;beschreibung\n10;{quoted[0]};{quoted[1]}\n".encode("utf-8", "replace")
    table = _table(tmp_path, content)
    try:
        plan, _problems = import_aktenplan(table, "p")
    except SettingsError:
        return
    if plan is not None:
        (node,) = _plan(tmp_path, content).nodes
        assert node.bezeichnung == " ".join(title.encode("utf-8", "replace").decode().split())


def test_rows_know_their_lines(tmp_path: Path) -> None:
    _header, rows = read_table(_table(tmp_path, 'a;b\n"1\n2";x\n\n3;y\n'), ["a"])
    assert [(row.line, row.values) for row in rows] == [
        (2, {"a": "1 2", "b": "x"}),
        (5, {"a": "3", "b": "y"}),
    ]
