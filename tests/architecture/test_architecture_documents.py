"""What the READMEs and the pages of docs/ say holds: commands, links, exit codes, names of documents."""

from __future__ import annotations

import hashlib
import re
import runpy
import shlex
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dipro_scan.model import ExitCode

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.de.md")
PAGES = [ROOT / name for name in READMES] + sorted((ROOT / "docs").rglob("*.md"))
COMMANDS = ("run", "decide", "test")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+\s+(.*)$", re.MULTILINE)
CODE_ROW = re.compile(r"^\| ([\d, ]+) \| (.+) \|$", re.MULTILINE)
DOCUMENT_ID = re.compile(r"\b[0-9a-f]{12}\b")

command_in: Callable[[str, str], str] = runpy.run_path(str(ROOT / ".ci" / "readme_command"))["command_in"]


def text_of(page: Path | str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_both_readmes_show_the_same_command(name: str) -> None:
    english, german = (command_in(text_of(readme), name) for readme in READMES)
    assert english == german


def test_both_readmes_show_every_block_alike_that_people_copy() -> None:
    english, german = (re.findall(r"```(?:sh|cron)\n(.*?)```", text_of(name), re.DOTALL) for name in READMES)
    assert english == german
    assert len(english) >= len(COMMANDS)


@pytest.mark.parametrize("pages", [("docs/installation.md", "docs/installation.de.md")])
def test_both_installation_pages_show_the_same_commands(pages: tuple[str, str]) -> None:
    english, german = (re.findall(r"```sh\n(.*?)```", text_of(page), re.DOTALL) for page in pages)
    assert english == german


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_one_that_a_shell_can_read(name: str) -> None:
    command = command_in(text_of("README.md"), name)
    assert subprocess.run(["bash", "-n", "-c", command], check=False).returncode == 0
    assert all(shlex.split(line)[0].startswith((".venv/bin/", "python3")) for line in command.splitlines())


@pytest.mark.parametrize("readme", READMES)
def test_every_exit_code_is_told(readme: str) -> None:
    rows = CODE_ROW.findall(text_of(readme))
    told = [int(code) for codes, _meaning in rows for code in codes.split(",")]
    assert told == sorted(ExitCode)


def anchor(heading: str) -> str:
    """The name that the page gives a heading: small letters, no signs, spaces as hyphens."""
    kept = [c for c in heading.strip().lower() if c in "-_ " or unicodedata.category(c)[0] in "LN"]
    return "".join(kept).replace(" ", "-")


def links() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        prose = re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL)
        for target in LINK.findall(prose):
            if not target.startswith(("http://", "https://", "mailto:")):
                yield page, target


def test_every_link_leads_somewhere() -> None:
    broken = []
    for page, target in links():
        name, _hash, part = target.partition("#")
        goal = (page.parent / name).resolve() if name else page
        parts = (
            {anchor(text) for text in HEADING.findall(text_of(goal))} if part and goal.is_file() else set()
        )
        if not goal.exists() or (part and part not in parts):
            broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def test_links_are_looked_at() -> None:
    assert len(list(links())) > 20


@pytest.mark.parametrize("readme", READMES)
def test_the_picture_is_there_is_small_and_is_described(readme: str) -> None:
    (described,) = re.findall(r"!\[([^\]]{60,})\]\((docs/pictures/[^)]+\.png)\)", text_of(readme))
    picture = ROOT / described[1]
    assert picture.stat().st_size <= 400_000
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_readme_decides_the_documents_that_the_samples_leave_waiting() -> None:
    """The ids in the README are those of the scans in samples/, which follow from their bytes."""
    named = set(DOCUMENT_ID.findall(command_in(text_of("README.md"), "decide")))
    assert named == {sample_id("geburtsurkunde.jpg")[:12], sample_id("widerspruch.pdf")[:12]}


def sample_id(name: str) -> str:
    """The id of the document that a sample of one page is."""
    from dipro_scan.batch.page import content_sha256
    from dipro_scan.intake import open_page, outline_source
    from dipro_scan.model import PageInput
    from dipro_scan.settings.schema import IntakeSettings

    path = ROOT / "samples" / name
    settings = IntakeSettings()
    outline = outline_source(path, settings)
    source = hashlib.sha256(path.read_bytes()).hexdigest()
    page = open_page(PageInput(path, source, outline.media_type, 1), settings)
    line = content_sha256(page).encode("ascii") + b"\n"
    return hashlib.sha256(b"dipro-scan document 1\n" + line).hexdigest()[:32]
