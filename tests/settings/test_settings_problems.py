"""Each mistake a person can make in a file: one sentence with file, line, value and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from dipro_scan.model import SettingsError
from dipro_scan.settings import load_configuration, shipped_pipelines

CASES = [
    ("site", "language: de", "language: fr", "“language” is “fr”; allowed are: de, en"),
    ("site", "language: de", "langauge: de", "no setting “langauge” here; “language” may be meant"),
    ("site", "language: de", "xyz: 1", "no setting “xyz” here; allowed are: schema, language"),
    ("site", "schema: 1", "schema: 2", "“schema” is “2”; allowed are: 1"),
    ("site", "Europe/Berlin", "Mars", "“Mars” is no time zone; write one such as Europe/Berlin"),
    ("site", 'postal_code: "12345"', "postal_code: 01234", 'put the value in quotation marks: "01234"'),
    ("site", "date: 2026-01-01", "date: 2026-02-30", "“date” is “2026-02-30”; it must be a date such as"),
    ("site", "transliterate_names: false", "transliterate_names: nein", "it must be true or false"),
    ("site", "transliterate_names: false", "transliterate_names: 0", "it must be true or false"),
    ("site", "  name: Stadt Musterstadt", "  # name", "“name” is missing in “organisation”; add it"),
    ("posteingang", "title: Täglicher", "titel: Täglicher", "“title” may be meant"),
    ("posteingang", "min_score: 5", "min_score: 0", "“min_score” is “0”; it must be greater than 0"),
    ("posteingang", "min_score: 5", "min_score: .inf", "“min_score” is “.inf”; it must be a number"),
    ("posteingang", "min_score: 5", 'min_score: "5"', "“min_score” is “5”; it must be a number"),
    ("posteingang", "min_score: 5", "min_score: 5,5", "“5,5”; it must be a number, with a point"),
    ("posteingang", "min_score: 5", "min_score: true", "“min_score” is “true”; it must be a number"),
    ("posteingang", "min_margin: 0.25", "min_margin: 25", "“min_margin” is “25”; it must be at most 1"),
    ("posteingang", "min_margin: 0.25", "min_margin: -1", "“min_margin” is “-1”; it must be at least 0"),
    ("posteingang", "languages: [deu, eng]", "languages: deu", "it must be a list: [a, b], or lines"),
    ("posteingang", "languages: [deu, eng]", "languages: [d e u]", "“languages” is “d e u”; only letters"),
    ("posteingang", "languages: [deu, eng]", "dpi: 300.5", "“dpi” is “300.5”; it must be a whole number"),
    ("posteingang", "aktenplan: musterstadt", "aktenplan: Müster", "only small letters a-z, digits, _ and -"),
    ("posteingang", "aktenplan: musterstadt", "intake: 3\naktenplan: m", "it must hold settings of its own"),
    (
        "posteingang",
        "separation:",
        "imaging:\n  blank:\n    doubtful_ink_share: 0.0001\nseparation:",
        "“doubtful_ink_share” is 0.0001 and must not be below “max_ink_share” (0.0005)",
    ),
    ("classes/rechnung", 'kennzeichen: "20.20"', "kennzeichen: 20.20", 'quotation marks: "20.20"'),
    ("classes/rechnung", "years: 10", "years: 10\n  permanent: true", "either “years” with a number or"),
    ("classes/rechnung", "years: 10", "years: ten", "“years” is “ten”; it must be a whole number"),
    ("classes/rechnung", "vorgang: Rechnungen", 'vorgang: ""', "it must have at least 1 characters"),
    ("classes/rechnung", "{text: Skonto,", "{text: Sk,", "“text” is “Sk”; it must have at least 3"),
    (
        "classes/rechnung",
        "Rechnung, weight: title",
        "Rechnung, weight: titel",
        "“weight” is “titel”; “title” may be meant",
    ),
    (
        "classes/rechnung",
        "fields: [rechn",
        "fields: [iba, rechn",
        "no field “iba”; allowed are: aktenzeichen",
    ),
    ("classes/rechnung", "required_fields: [r", "required_fields: [bic, r", "“bic” is required but does not"),
    ("classes/rechnung", "disposal: V", "disposal: X", "“disposal” is “X”; allowed are: A, B, V"),
    ("classes/rechnung", "integritaet: normal", "integritaet: hch", "“hoch” may be meant"),
    ("aktenplan/musterstadt", '"10.20"', '"10.10"', "the Kennzeichen 10.10 stands twice"),
    ("aktenplan/musterstadt", '"10.20"', '"99.20"', "99.20 has no parent in the plan; add an entry for 99"),
    ("aktenplan/musterstadt", '"10.20"', '"10-20"', "“10-20”; it must be groups of one or two digits"),
]


def _broken(tmp_path: Path, file: str, old: str, new: str) -> Path:
    text = (shipped_pipelines() / f"{file}.yaml").read_text("utf-8")
    assert old in text
    target = tmp_path / f"{file}.yaml"
    target.parent.mkdir(exist_ok=True)
    target.write_text(text.replace(old, new, 1), "utf-8")
    return target


def _message(tmp_path: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        load_configuration("posteingang", tmp_path)
    return str(caught.value)


@pytest.mark.parametrize(("file", "old", "new", "expected"), CASES)
def test_a_mistake_is_one_clear_sentence(
    tmp_path: Path, file: str, old: str, new: str, expected: str
) -> None:
    target = _broken(tmp_path, file, old, new)
    message = _message(tmp_path)
    assert expected in message
    assert message.startswith(f"{target}, line ")
    assert message.endswith(".")
    assert "\n" not in message


@pytest.mark.parametrize(("file", "old", "new", "expected"), [case for case in CASES if "\n" not in case[2]])
def test_the_line_is_the_one_with_the_mistake(
    tmp_path: Path, file: str, old: str, new: str, expected: str
) -> None:
    target = _broken(tmp_path, file, old, new)
    lines = target.read_text("utf-8").splitlines()
    wrong = 1 + next(index for index, line in enumerate(lines) if new in line)
    if "is missing in" in expected or "stands twice" in expected:
        return  # these point at the heading, or at the second of two equal lines
    assert f", line {wrong}: " in _message(tmp_path)


def test_a_missing_setting_points_at_its_heading(tmp_path: Path) -> None:
    target = _broken(tmp_path, "site", "  name: Stadt Musterstadt", "  # name")
    heading = target.read_text("utf-8").splitlines().index("organisation:") + 1
    assert f"{target}, line {heading}: " in _message(tmp_path)


def test_a_list_with_one_wrong_entry_is_not_also_called_too_short(tmp_path: Path) -> None:
    text = (shipped_pipelines() / "posteingang.yaml").read_text("utf-8")
    head, rest = text.split("classes:\n")[0], "classes: [Ä]\n"
    (tmp_path / "posteingang.yaml").write_text(head + rest, "utf-8")
    message = _message(tmp_path)
    assert "“Ä”" in message
    assert "more problem" not in message


def test_an_empty_list_of_classes(tmp_path: Path) -> None:
    text = (shipped_pipelines() / "posteingang.yaml").read_text("utf-8")
    (tmp_path / "posteingang.yaml").write_text(text.split("classes:\n")[0] + "classes: []\n", "utf-8")
    assert "the list must have at least 1 entries" in _message(tmp_path)


def test_long_values_are_cut(tmp_path: Path) -> None:
    _broken(tmp_path, "site", "language: de", f"language: {'x' * 5000}")
    assert len(_message(tmp_path)) < len(str(tmp_path)) + 250
