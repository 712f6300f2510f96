"""What people hear: our own sentences and Click's, in the language that was set."""

from __future__ import annotations

import gettext
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from dipro_scan import translation


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    translation.set_language("en")


def tiny_command() -> click.Command:
    """Made anew each time: a Click command keeps the sentences of its help once it has said them."""

    @click.command()
    @click.argument("inputs", nargs=-1, required=True)
    @click.option("--jobs", type=click.IntRange(1), default=1, show_default=True)
    def tiny(inputs: tuple[str, ...], jobs: int) -> None:
        click.echo(f"{len(inputs)} {jobs}")

    return tiny


@pytest.mark.parametrize(
    ("arguments", "german", "english"),
    [
        ([], "Es fehlt das Argument 'INPUTS...'.", "Missing argument 'INPUTS...'."),
        (["--frobnicate", "x"], "Die Option „--frobnicate“ gibt es nicht.", "No such option"),
        (
            ["--jobs", "0", "x"],
            "Ungültiger Wert für '--jobs': 0 liegt nicht im",
            "Invalid value for '--jobs'",
        ),
        (["--jobs", "vier", "x"], "„vier“ ist keine gültige Zahl.", "'vier' is not a valid integer"),
        (["--help"], "Zeigt diese Hilfe an.", "Show this message and exit."),
        (["--help"], "Vorgabe: 1", "default: 1"),
    ],
)
def test_click_speaks_the_language_that_was_set(arguments: list[str], german: str, english: str) -> None:
    translation.set_language("de")
    spoken = CliRunner().invoke(tiny_command(), arguments, prog_name="tiny")
    assert german in spoken.output
    assert "Aufruf: tiny [OPTIONS]" in spoken.output

    translation.set_language("en")
    spoken = CliRunner().invoke(tiny_command(), arguments, prog_name="tiny")
    assert english in spoken.output
    assert "Usage: tiny [OPTIONS]" in spoken.output


def test_the_locale_of_the_machine_does_not_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    translation.set_language("de")
    assert gettext.gettext("Aborted!") == "Abgebrochen."
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    translation.set_language("en")
    assert gettext.gettext("Aborted!") == "Aborted!"


def test_our_own_lookup_finds_the_catalogue() -> None:
    translation.set_language("de")
    assert translation._("Commands") == "Befehle"
    assert translation.ngettext("Did you mean {possibility}?", "", 1) == "Meinten Sie {possibility}?"
    assert translation.current_language() == "de"


def test_a_sentence_without_german_falls_back_to_english() -> None:
    translation.set_language("de")
    assert translation._("This sentence is in no catalogue.") == "This sentence is in no catalogue."
    assert translation.ngettext("one leaf", "many leaves", 2) == "many leaves"


def test_an_unknown_language_is_refused_and_changes_nothing() -> None:
    translation.set_language("de")
    with pytest.raises(ValueError, match="no such language: 'fr'"):
        translation.set_language("fr")
    assert translation.current_language() == "de"
    assert translation._("Options") == "Optionen"
