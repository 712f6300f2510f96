"""What the project stands on is named, explained, and free to use by a city."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NAME = re.compile(r"^[A-Za-z0-9._-]+")
STRONG_COPYLEFT = re.compile(r"\bA?GPL|(?<!Lesser )General Public License", re.IGNORECASE)


def plain(requirement: str) -> str:
    match = NAME.match(requirement)
    assert match, requirement
    return re.sub(r"[-_.]+", "-", match.group(0)).lower()


def run_time() -> list[str]:
    return sorted(plain(requirement) for requirement in PROJECT["dependencies"])


def development() -> list[str]:
    extras = PROJECT["optional-dependencies"]
    every = (*extras["dev"], *extras["samples"], *extras["second-reader"])
    return sorted(plain(requirement) for requirement in every)


@pytest.mark.parametrize("name", [*run_time(), *development()])
def test_every_dependency_has_a_reason(name: str) -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    explained = {plain(row.split("`")[1]) for row in rows}
    assert name in explained


def needed(names: list[str]) -> Iterator[importlib.metadata.Distribution]:
    """The installed distributions that `names` bring along, extras left out."""
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = plain(waiting.pop())
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another platform or Python
        yield distribution
        waiting += [text for text in distribution.requires or [] if "extra ==" not in text]


def licence(distribution: importlib.metadata.Distribution) -> str:
    metadata = distribution.metadata
    classifiers = [text for text in metadata.get_all("Classifier", []) if text.startswith("License ::")]
    declared = metadata.get("License-Expression") or (metadata.get("License") or "").partition("\n")[0]
    return "; ".join([declared, *classifiers])


def second_reader() -> list[str]:
    return sorted(plain(requirement) for requirement in PROJECT["optional-dependencies"]["second-reader"])


def test_no_run_time_dependency_is_under_gpl_or_agpl() -> None:
    brought = needed([*run_time(), *second_reader()])
    licences = {distribution.metadata["Name"]: licence(distribution) for distribution in brought}
    assert {"pikepdf", "tesserocr", "lxml", "onnxruntime", "shapely"} <= set(licences)
    assert {name: text for name, text in licences.items() if demands_gpl(text)} == {}


def demands_gpl(text: str) -> bool:
    """Whether a licence leaves no choice but the GPL or AGPL; the LGPL is another."""
    return all(STRONG_COPYLEFT.search(choice) for choice in text.split(" OR "))


@pytest.mark.parametrize(
    ("text", "strong"),
    [
        ("AGPL-3.0-only", True),
        ("GPL-2.0-or-later", True),
        ("GNU General Public License v3", True),
        ("GNU Lesser General Public License v3", False),
        ("LGPL-3.0", False),
        ("MIT", False),
        ("Apache-2.0 OR GPL-2.0-only", False),
        ("GNU Library or Lesser General Public License (LGPL)", False),
        ("; License :: OSI Approved :: GNU Affero General Public License v3", True),
    ],
)
def test_gpl_is_told_from_lgpl_and_from_a_choice(text: str, strong: bool) -> None:
    assert demands_gpl(text) is strong
