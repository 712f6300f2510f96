"""Whole sets of settings: the shipped one, a city's folder over it, and what is wrong between files."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dipro_scan.model import ExitCode, SettingsError, UsageProblem
from dipro_scan.settings import (
    FIELD_IDS,
    check_all,
    load_configuration,
    load_site,
    pipeline_names,
    shipped_pipelines,
)

Overlay = Callable[..., Path]


@pytest.fixture
def overlay(tmp_path: Path) -> Overlay:
    """A folder of the city's own with copies of shipped files, changed: `file=(old, new)`."""

    def make(**changes: tuple[str, str]) -> Path:
        for name, (old, new) in changes.items():
            relative = Path(name.replace("__", "/") + ".yaml")
            text = (shipped_pipelines() / relative).read_text("utf-8")
            assert old in text
            target = tmp_path / relative
            target.parent.mkdir(exist_ok=True)
            target.write_text(text.replace(old, new), "utf-8")
        return tmp_path

    return make


def test_the_shipped_set_is_right() -> None:
    assert check_all() == []
    assert pipeline_names() == ["bauakten", "posteingang", "rechnungen", "standesamt"]
    configuration = load_configuration("posteingang")
    assert configuration.pipeline.name == "posteingang"
    assert len(configuration.classes) == 38
    assert 55 <= len(configuration.aktenplan.nodes) <= 65
    assert len(configuration.sha256) == 64


def test_the_shipped_plan_holds_the_path_that_the_contracts_show() -> None:
    plan = load_configuration("posteingang").aktenplan
    path = [f"{node.kennzeichen} {node.bezeichnung}" for node in plan.path("63.10")]
    assert path == ["63 Bauordnung", "63.10 Baugenehmigungen"]


CLASS_IDS = """
    rechnung, mahnung, gewerbeanmeldung, gewerbeummeldung, gewerbeabmeldung, meldebescheinigung,
    geburtsurkunde, eheurkunde, sterbeurkunde, bauantrag, baugenehmigung, hundesteuerbescheid,
    grundsteuerbescheid, gewerbesteuerbescheid, bussgeldbescheid, anhoerung, widerspruch,
    wohngeldantrag, sozialhilfeantrag,
    ausweisantrag, fuehrungszeugnis, kuendigung, vertrag, niederschrift, ratsvorlage, ordnungsverfuegung,
    bewerbung, personalvorgang, auslaenderakte, sondernutzung, kfz_zulassung, vollmacht, sepa_mandat,
    kita_anmeldung, attest, gerichtsentscheidung, allgemeines_schreiben, werbung
"""


def test_the_shipped_classes_bear_the_canonical_ids() -> None:
    classes = load_configuration("posteingang").classes
    assert [item.id for item in classes] == CLASS_IDS.replace(",", " ").split()


@pytest.mark.parametrize("name", ["posteingang", "rechnungen", "standesamt", "bauakten"])
def test_every_shipped_pipeline_loads(name: str) -> None:
    assert load_configuration(name).pipeline.name == name


def test_the_kind_of_akte_agrees_with_the_plan() -> None:
    configuration = load_configuration("posteingang")
    for item in configuration.classes:
        node = configuration.aktenplan.node(item.filing.kennzeichen)
        assert node is not None
        assert node.akten_typ == {"collective": "Sammelakte", "case": "Fallakte"}[item.filing.akte], item.id


def test_high_integrity_means_that_every_document_is_looked_at() -> None:
    classes = {item.id: item for item in load_configuration("posteingang").classes}
    for item in classes.values():
        if item.schutzbedarf.integritaet != "normal":
            assert item.quality_check == "full", item.id
    for class_id, years in {"geburtsurkunde": 110, "eheurkunde": 80, "sterbeurkunde": 30}.items():
        assert classes[class_id].schutzbedarf.integritaet == "hoch"
        assert (classes[class_id].retention.years, classes[class_id].retention.disposal) == (years, "A")
    assert classes["werbung"].scanstrategie == "nicht_scannen"
    assert classes["attest"].schutzbedarf.vertraulichkeit == "sehr hoch"
    assert classes["bauantrag"].retention.permanent


def test_shipped_fields_have_canonical_names() -> None:
    for item in load_configuration("posteingang").classes:
        assert set(item.fields) <= set(FIELD_IDS)


def test_a_pipeline_may_be_given_as_a_path() -> None:
    by_path = load_configuration(str(shipped_pipelines() / "posteingang.yaml"))
    assert by_path == load_configuration("posteingang")


@pytest.mark.parametrize("name", ["posteingan", "site", "../posteingang", "classes/rechnung", "no.yaml", ""])
def test_an_unknown_pipeline_names_those_that_exist(name: str) -> None:
    with pytest.raises(UsageProblem, match=r"bauakten, posteingang, rechnungen, standesamt\.$") as caught:
        load_configuration(name)
    assert caught.value.exit_code is ExitCode.USAGE


def test_a_missing_folder_is_wrong_usage(tmp_path: Path) -> None:
    for call in (
        lambda: load_configuration("posteingang", tmp_path / "no"),
        lambda: load_site(tmp_path / "no"),
        lambda: pipeline_names(tmp_path / "no"),
        lambda: check_all(tmp_path / "no"),
    ):
        with pytest.raises(UsageProblem, match="no folder"):
            call()


def test_the_overlay_wins_file_by_file(overlay: Overlay) -> None:
    folder = overlay(site=("Stadt Musterstadt", "Stadt Beispiel"))
    shutil.copy(shipped_pipelines() / "posteingang.yaml", folder / "altakten.yaml")
    file = folder / "altakten.yaml"
    file.write_text(file.read_text("utf-8").replace("name: posteingang", "name: altakten"), "utf-8")
    assert pipeline_names(folder) == ["altakten", *pipeline_names()]
    assert load_site(folder).organisation.name == "Stadt Beispiel"
    assert load_configuration("altakten", folder).site.organisation.name == "Stadt Beispiel"
    assert load_site().organisation.name == "Stadt Musterstadt"
    assert check_all(folder) == []


def test_the_hash_ignores_comments_and_follows_values(overlay: Overlay) -> None:
    before = load_configuration("posteingang").sha256
    commented = overlay(posteingang=("min_score: 5", "min_score: 5.0  # fünf"))
    assert load_configuration("posteingang", commented).sha256 == before
    changed = overlay(posteingang=("min_score: 5", "min_score: 6"))
    assert load_configuration("posteingang", changed).sha256 != before


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("posteingang", "  - mahnung", "  - mahnug", "“mahnung” may be meant"),
        ("posteingang", "  - mahnung", "  - xyz", "no class “xyz”; allowed are: allgemeines_schreiben"),
        ("posteingang", "  - mahnung", "  - rechnung", "“rechnung” stands twice"),
        ("posteingang", "aktenplan: musterstadt", "aktenplan: musterstad", "“musterstadt” may be meant"),
        ("posteingang", "name: posteingang", "name: eingang", "the file is called “posteingang”"),
        ("classes__rechnung", "id: rechnung", "id: rechnungen", "the file is called “rechnung”"),
        (
            "classes__rechnung",
            'kennzeichen: "20.20"',
            'kennzeichen: "20.21"',
            "“20.21” is not in the Aktenplan",
        ),
        ("aktenplan__musterstadt", "name: musterstadt", "name: muster", "called “musterstadt”"),
    ],
)
def test_what_is_wrong_between_files(overlay: Overlay, file: str, old: str, new: str, message: str) -> None:
    folder = overlay(**{file: (old, new)})
    written = folder / (file.replace("__", "/") + ".yaml")
    line = 1 + next(
        i for i, text in enumerate(written.read_text("utf-8").splitlines()) if new.strip() in text
    )
    if "rechnung” stands" in message:
        line += 1  # the first of the two is right
    with pytest.raises(SettingsError) as caught:
        load_configuration("posteingang", folder)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{written}, line {line}: ")
    assert [str(error) for error in check_all(folder)] == [str(caught.value)]


def test_check_all_finds_every_problem_of_every_file(overlay: Overlay) -> None:
    folder = overlay(
        site=("time_zone: Europe/Berlin", "time_zone: Europe/Krefeld"),
        posteingang=("  - mahnung", "  - mahnug"),
        classes__rechnung=("Rechnung, weight: title", "Rechnung, weight: titel"),
    )
    (folder / "classes" / "unbenutzt.yaml").write_text("schema: 1\n", "utf-8")
    (folder / "eigene.yml").write_text("schema: 1\n", "utf-8")
    found = [str(error) for error in check_all(folder)]
    assert sum("unbenutzt.yaml" in message for message in found) == 5
    for part in ("Europe/Krefeld", "mahnug", "titel", "eigene.yml is never read"):
        assert sum(part in message for message in found) == 1, part
    assert len(found) == 9


def test_several_problems_are_told_as_the_first_and_a_number(overlay: Overlay) -> None:
    folder = overlay(posteingang=("min_score: 5", "min_score: -1\n  min_margn: 2\n  min_fun: 3"))
    with pytest.raises(SettingsError, match=r"And 2 more problems in this file\.$"):
        load_configuration("posteingang", folder)
