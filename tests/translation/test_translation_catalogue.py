"""The German catalogue is complete, and the program that says so can tell when it is not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
PO = Path("dipro_scan/locale/de/LC_MESSAGES/dipro_scan.po")
SOURCE = """
def greet(name, pages):
    _("Hello %(name)s, this is read.") % {"name": name}
    ngettext("%(pages)d page", "%(pages)d pages", pages) % {"pages": pages}
"""
GERMAN = {
    "Hello %(name)s, this is read.": "Guten Tag %(name)s, das ist gelesen.",
    "%(pages)d page": "%(pages)d Seite",
    "%(pages)d pages": "%(pages)d Seiten",
}


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = root / ".ci" / "catalogue"
    return subprocess.run([sys.executable, program, *arguments], capture_output=True, text=True, check=False)


def test_the_german_catalogue_is_complete() -> None:
    result = run(ROOT, "check")
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A tiny project with two sentences of its own, and Click's, all in German."""
    for name in (".ci/catalogue", "babel.cfg", str(PO)):
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    (tmp_path / "dipro_scan" / "greeting.py").write_text(SOURCE, encoding="utf-8")
    assert run(tmp_path, "update", "--prune").returncode == 0
    fill(tmp_path / PO)
    assert run(tmp_path, "update").returncode == 0
    assert run(tmp_path, "compile").returncode == 0
    return tmp_path


def fill(po: Path) -> None:
    """Gives German to all that has none; what a newer Click may say gets its English."""
    with po.open("rb") as stream:
        catalogue = read_po(stream)
    for message in catalogue:
        if isinstance(message.id, str):
            message.string = message.string or GERMAN.get(message.id, message.id)
        elif not all(message.string):
            message.string = tuple(GERMAN.get(sentence, sentence) for sentence in message.id)
    with po.open("wb") as stream:
        write_po(stream, catalogue)


def change(house: Path, old: str, new: str) -> None:
    text = (house / PO).read_text(encoding="utf-8")
    assert old in text
    (house / PO).write_text(text.replace(old, new), encoding="utf-8")


def test_a_complete_catalogue_passes(house: Path) -> None:
    result = run(house, "check")
    assert result.returncode == 0, result.stdout


def test_a_new_sentence_is_missed(house: Path) -> None:
    with (house / "dipro_scan" / "greeting.py").open("a", encoding="utf-8") as stream:
        stream.write('    _("One more.")\n')
    result = run(house, "check")
    assert result.returncode == 1
    assert "missing" in result.stdout
    assert "'One more.' in dipro_scan/greeting.py" in result.stdout


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("Guten Tag %(name)s, das ist gelesen.", "", "not translated"),
        ('msgstr[1] "%(pages)d Seiten"', 'msgstr[1] ""', "not translated"),
        ("Guten Tag %(name)s,", "Guten Tag,", "placeholders differ"),
        ("Guten Tag %(name)s,", "Guten Tag %(nmae)s,", "placeholders differ"),
        ("%(pages)d Seiten", "%(pages)d von %(all)d Seiten", "placeholders differ"),
        ("Die Option „{name}“ gibt es", "Die Option „{nam}“ gibt es", "placeholders differ"),
        ('\nmsgid "Hello', '\n#, fuzzy\nmsgid "Hello', "fuzzy"),
        ("Guten Tag %(name)s", "Hallo %(name)s", "run `.ci/catalogue compile`"),
    ],
)
def test_each_fault_is_named(house: Path, old: str, new: str, complaint: str) -> None:
    change(house, old, new)
    result = run(house, "check")
    assert result.returncode == 1
    assert complaint in result.stdout


def test_a_missing_mo_is_named(house: Path) -> None:
    (house / PO).with_suffix(".mo").unlink()
    result = run(house, "check")
    assert result.returncode == 1
    assert "dipro_scan.mo is missing" in result.stdout


def test_update_changes_nothing_that_did_not_change(house: Path) -> None:
    before = (house / PO).read_bytes()
    source = house / "dipro_scan" / "greeting.py"
    source.write_text("\n\n\n" + source.read_text(encoding="utf-8"), encoding="utf-8")
    run(house, "update")
    assert (house / PO).read_bytes() == before


def test_a_sentence_that_comes_back_finds_its_translation(house: Path) -> None:
    source = house / "dipro_scan" / "greeting.py"
    source.write_text("", encoding="utf-8")
    run(house, "update")
    assert "#~ msgstr" in (house / PO).read_text(encoding="utf-8")
    source.write_text(SOURCE, encoding="utf-8")
    run(house, "update")
    run(house, "compile")
    assert run(house, "check").returncode == 0
    assert "#~" not in (house / PO).read_text(encoding="utf-8")


def test_another_click_is_a_note_not_a_fault(house: Path) -> None:
    change(house, "X-Click-Version: ", "X-Click-Version: 0.")
    change(house, 'msgid "Missing command."\nmsgstr "Es fehlt der Befehl."\n', "")
    run(house, "compile")
    result = run(house, "check")
    assert result.returncode == 0, result.stdout
    assert "made for Click 0." in result.stdout


def test_the_same_catalogue_compiles_to_the_same_bytes(house: Path) -> None:
    mo = (house / PO).with_suffix(".mo")
    before = mo.read_bytes()
    run(house, "compile")
    assert mo.read_bytes() == before
