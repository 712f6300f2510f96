from __future__ import annotations

from pathlib import Path

import pytest

from dipro_scan.cli.language import choose_language


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        ([], {}, "de"),
        ([], {"LANG": "C"}, "de"),
        ([], {"LC_ALL": "C.UTF-8", "LANG": "en_US.UTF-8"}, "de"),
        ([], {"LANG": "POSIX"}, "de"),
        ([], {"LANG": "en_GB.UTF-8"}, "en"),
        ([], {"LANG": "de_AT.UTF-8"}, "de"),
        ([], {"LANG": "fr_FR.UTF-8"}, "de"),
        ([], {"LC_ALL": "de_DE.UTF-8", "LANG": "en_US.UTF-8"}, "de"),
        (["--lang", "en"], {"LANG": "de_DE.UTF-8"}, "en"),
        (["run", "x", "--lang=de"], {"LANG": "en_US.UTF-8"}, "de"),
        (["--lang", "fr"], {"LANG": "en_US.UTF-8"}, "en"),
        ([], {"DIPRO_SCAN_LANG": "de", "LANG": "en_US.UTF-8"}, "de"),
    ],
)
def test_option_then_settings_then_locale_then_german(
    arguments: list[str], environment: dict[str, str], expected: str
) -> None:
    assert choose_language(arguments, environment) == expected


def test_the_site_decides_before_the_locale(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("schema: 1\nlanguage: de\n")
    environment = {"LANG": "en_US.UTF-8", "DIPRO_SCAN_PIPELINES": str(tmp_path)}
    assert choose_language([], environment) == "de"
    assert choose_language(["--lang", "en"], environment) == "en"


def test_a_broken_site_file_does_not_stop_the_choice(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("language: [")
    assert choose_language(["--pipelines", str(tmp_path)], {"LANG": "en_US.UTF-8"}) == "en"
