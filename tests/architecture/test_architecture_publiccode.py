"""publiccode.yml keeps to version 0.4 of its standard and tells the truth about this project."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "publiccode.yml").read_text(encoding="utf-8")
PUBLICCODE: dict[str, Any] = yaml.safe_load(TEXT)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# The top-level keys of the standard, version 0.4: https://yml.publiccode.tools/schema.core.html
REQUIRED = {
    *("publiccodeYmlVersion", "name", "url", "platforms", "categories", "developmentStatus", "softwareType"),
    *("description", "legal", "maintenance", "localisation"),
}
OPTIONAL = {
    *("applicationSuite", "landingURL", "isBasedOn", "softwareVersion", "releaseDate", "logo", "usedBy"),
    *("roadmap", "intendedAudience", "dependsOn"),
}
STATES = {"concept", "development", "beta", "stable", "obsolete"}
TYPES = {
    *("standalone/mobile", "standalone/iot", "standalone/desktop", "standalone/web", "standalone/backend"),
    *("standalone/other", "addon", "library", "configurationFiles"),
}


def test_it_holds_the_keys_of_the_standard_and_no_others() -> None:
    assert set(PUBLICCODE) >= REQUIRED
    assert set(PUBLICCODE) <= REQUIRED | OPTIONAL
    assert PUBLICCODE["publiccodeYmlVersion"] == "0.4"
    assert PUBLICCODE["developmentStatus"] in STATES
    assert PUBLICCODE["softwareType"] in TYPES
    assert PUBLICCODE["platforms"] and PUBLICCODE["categories"]
    assert all(re.fullmatch("[a-z]{2}", country) for country in PUBLICCODE["intendedAudience"]["countries"])


def test_it_agrees_with_pyproject() -> None:
    assert PUBLICCODE["softwareVersion"] == PROJECT["version"]
    assert PUBLICCODE["legal"]["license"] == PROJECT["license"]
    (python,) = (item for item in PUBLICCODE["dependsOn"]["open"] if item["name"] == "Python")
    assert f">={python['versionMin']}" == PROJECT["requires-python"]


def test_it_speaks_every_language_of_the_program() -> None:
    shipped = {path.name for path in (ROOT / "dipro_scan" / "locale").iterdir() if path.is_dir()}
    languages = set(PUBLICCODE["localisation"]["availableLanguages"])
    assert languages == shipped | {"en"} == set(PUBLICCODE["description"])
    assert PUBLICCODE["localisation"]["localisationReady"] is True


@pytest.mark.parametrize("language", sorted(PUBLICCODE["description"]))
def test_each_description_keeps_to_its_lengths_and_shows_what_is_there(language: str) -> None:
    description = PUBLICCODE["description"][language]
    assert len(description["shortDescription"]) <= 150
    assert "\n" not in description["shortDescription"]
    assert 150 <= len(description["longDescription"]) <= 10_000
    assert 5 <= len(description["features"]) <= 20
    assert all(isinstance(feature, str) for feature in description["features"])
    assert [path for path in description["screenshots"] if not (ROOT / path).is_file()] == []


def test_the_number_of_classes_is_true() -> None:
    classes = len(list((ROOT / "pipelines" / "classes").glob("*.yaml")))
    assert TEXT.count(f" {classes} ") == len(PUBLICCODE["description"])


def test_people_are_named_where_somebody_maintains_it() -> None:
    maintenance = PUBLICCODE["maintenance"]
    assert maintenance["type"] in {"internal", "contract", "community", "none"}
    assert ("contacts" in maintenance) == (maintenance["type"] in {"internal", "community"})
    assert ("contractors" in maintenance) == (maintenance["type"] == "contract")
