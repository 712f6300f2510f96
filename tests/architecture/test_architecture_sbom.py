"""The SBOM names what a default install brings along, all of it and nothing else."""

from __future__ import annotations

import importlib.metadata
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "sbom.cdx.json").read_text(encoding="utf-8")
SBOM: dict[str, Any] = json.loads(TEXT)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
AGAIN = "make it again with .ci/sbom"


def default_install() -> set[str]:
    """The names of all packages that `pip install .` brings along here."""
    found: set[str] = set()
    waiting = [Requirement(text) for text in PROJECT["dependencies"]]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        found.add(name)
        waiting += [Requirement(text) for text in importlib.metadata.requires(name) or []]
    return found


def names(components: list[dict[str, Any]]) -> list[str]:
    return [canonicalize_name(component["name"]) for component in components]


def test_it_names_what_a_default_install_brings_along() -> None:
    assert sorted(names(SBOM["components"])) == sorted(default_install()), AGAIN


def test_it_is_about_this_project() -> None:
    assert SBOM["bomFormat"] == "CycloneDX"
    subject = SBOM["metadata"]["component"]
    assert (subject["name"], subject["version"]) == (PROJECT["name"], PROJECT["version"]), AGAIN
    direct = next(item for item in SBOM["dependencies"] if item["ref"] == subject["bom-ref"])["dependsOn"]
    by_ref = {component["bom-ref"]: canonicalize_name(component["name"]) for component in SBOM["components"]}
    wanted = {canonicalize_name(Requirement(text).name) for text in PROJECT["dependencies"]}
    assert {by_ref[ref] for ref in direct} == wanted, AGAIN


def test_making_it_again_changes_only_what_changed() -> None:
    assert "serialNumber" not in SBOM
    assert "timestamp" not in SBOM["metadata"]
    assert json.dumps(SBOM, indent=2, sort_keys=True, ensure_ascii=False) + "\n" == TEXT


@pytest.mark.parametrize("component", SBOM["components"], ids=names(SBOM["components"]))
def test_every_component_tells_licence_version_and_hash(component: dict[str, Any]) -> None:
    assert component["version"]
    assert component["purl"].startswith("pkg:pypi/")
    licences = [
        item.get("expression") or item["license"].get("id") or item["license"]["name"]
        for item in component["licenses"]
    ]
    assert licences and all(licences)
    wheels = [item for item in component["externalReferences"] if item.get("hashes")]
    assert [item["url"].rpartition(".")[2] for item in wheels] == ["whl"]
    assert all(len(digest["content"]) == 64 for item in wheels for digest in item["hashes"])
