"""Files as nobody should send them, by rule and always the same: cut, rotten, wrong, huge, circular, odd."""

from __future__ import annotations

import io
import os
import random
import socket
import struct
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from system_office import draw_page

_WHOLE = 1_700_000_000
FORMATS = ("tif", "lzw.tif", "png", "jpg", "gif", "webp", "jp2", "pdf", "heic")
_CUTS = range(10, 100, 10)
_ROT_SEEDS = range(3)


@dataclass(frozen=True, slots=True)
class BadPaper:
    """`kind` is what is wrong with it. A `good` one is odd only outside and must be filed."""

    kind: str
    name: bytes
    make: Callable[[Path], None]
    good: bool = False

    def lay(self, inbox: Path) -> Path:
        """Writes it into `inbox`, touched long ago."""
        path = inbox / os.fsdecode(self.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        self.make(path)
        if path.is_file() and not path.is_symlink():
            os.utime(path, (_WHOLE, _WHOLE))
        return path


def bad_papers() -> list[BadPaper]:
    """All of them, each name once."""
    papers = [*_cut(), *_rotten(), *_wrong(), *_bombs(), *_loops(), *_sizes(), *_no_files(), *_odd_names()]
    assert len({paper.name for paper in papers}) == len(papers)
    return papers


def whole_file(suffix: str) -> bytes:
    """A small page of two in a good file of this format."""
    chance = random.Random(f"bad-{suffix}")
    pages = []
    for _page in range(2):
        image = Image.new("L", (420, 595), 245)
        for _word in range(220):
            x, y = chance.randrange(30, 360), chance.randrange(40, 540, 14)
            image.paste(chance.randrange(20, 60), (x, y, x + chance.randrange(8, 30), y + 7))
        pages.append(image)
    target = io.BytesIO()
    rest: dict[str, object] = {"save_all": True, "append_images": pages[1:]}
    if suffix == "tif":
        bitonal = [page.convert("1") for page in pages]
        bitonal[0].save(
            target, "TIFF", compression="group4", dpi=(100, 100), save_all=True, append_images=bitonal[1:]
        )
    elif suffix == "lzw.tif":
        pages[0].save(target, "TIFF", compression="tiff_lzw", dpi=(100, 100), **rest)
    elif suffix == "pdf":
        pages[0].save(target, "PDF", resolution=100, **rest)
    elif suffix == "heic":
        # Nobody can write one here: a box that says so is what is left of it.
        target.write(struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"heic", 0, b"mif1", b"heic") + b"\0" * 400)
    else:
        form = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "webp": "WEBP", "jp2": "JPEG2000"}[suffix]
        pages[0].save(target, form)
    return target.getvalue()


def _bytes(data: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(data) and None  # type: ignore[func-returns-value]


def _cut() -> Iterator[BadPaper]:
    for suffix in FORMATS:
        whole = whole_file(suffix)
        for percent in _CUTS:
            name = f"cut-{percent}.{suffix}".encode()
            yield BadPaper("cut", name, _bytes(whole[: len(whole) * percent // 100]))


def _rotten() -> Iterator[BadPaper]:
    for suffix in FORMATS:
        for seed in _ROT_SEEDS:
            data = bytearray(whole_file(suffix))
            chance = random.Random(f"rot-{suffix}-{seed}")
            # A few bits, some bytes, a whole block: as a failing disk does it.
            for _bit in range((2, 40, 0)[seed]):
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            if seed == 2:
                start = chance.randrange(len(data) // 2)
                data[start : start + 512] = bytes(min(512, len(data) - start))
            yield BadPaper("rot", f"rot-{seed}.{suffix}".encode(), _bytes(bytes(data)))


def _wrong() -> Iterator[BadPaper]:
    contents = {
        b"text.tif": b"Sehr geehrte Damen und Herren,\n",
        b"program.png": b"MZ\x90\x00" + bytes(300),
        b"elf.jpg": b"\x7fELF\x02\x01\x01" + bytes(300),
        b"page.html.pdf": b"<!DOCTYPE html><html><body>Rechnung</body></html>",
        b"drawing.svg.png": b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>',
        b"archive.zip": b"PK\x03\x04" + bytes(100),
        b"letter.docx": b"PK\x03\x04\x14\x00\x06\x00" + bytes(200),
        b"mail.eml": b"From: a@example.org\r\nSubject: Antrag\r\n\r\nText\r\n",
        b"sound.mp3": b"ID3\x04\x00" + bytes(100),
        b"ghost.ps": b"%!PS-Adobe-3.0\nshowpage\n",
        b"only-head.pdf": b"%PDF-1.7\n",
        b"only-tail.pdf": b"%PDF-1.4\n%%EOF\n",
        b"noise.bin": random.Random("noise").randbytes(5000),
        b"no-suffix": b"\x00\x01\x02",
        b"empty-tiff.tif": b"II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    }
    for name, data in contents.items():
        yield BadPaper("wrong type", b"falsch/" + name, _bytes(data))
    for name, suffix in ((b"really-png.pdf", "png"), (b"really-pdf.jpg", "pdf"), (b"really-jpg.tif", "jpg")):
        yield BadPaper("wrong suffix", b"falsch/" + name, _bytes(whole_file(suffix)))


def _bombs() -> Iterator[BadPaper]:
    yield BadPaper("bomb", b"pixels.png", _bytes(_png(60_000, 60_000, zlib.compress(bytes(1 << 20)))))
    yield BadPaper("bomb", b"scanlines.png", _bytes(_png(30_000, 30_000, _zeros(115_000_000))))
    yield BadPaper("bomb", b"screen.gif", _bytes(b"GIF89a\xff\xff\xff\xff\x80\x00\x00" + bytes(6) + b";"))
    yield BadPaper("bomb", b"sheet.jpg", _bytes(_jpeg_head(65_500, 65_500)))
    yield BadPaper("bomb", b"strip.tif", _bytes(_tiff(100_000, 100_000)))
    yield BadPaper("bomb", b"tile.jp2", _bytes(_jp2_head(2_000_000_000, 2_000_000_000)))
    yield BadPaper("bomb", b"flate.pdf", _bytes(_pdf_image_bomb(200_000_000)))
    yield BadPaper("bomb", b"twice.pdf", _bytes(_pdf_content_bomb(300_000_000)))
    yield BadPaper("bomb", b"pages.pdf", _bytes(_pdf_pages(5000)))
    yield BadPaper("bomb", b"count.pdf", _bytes(_pdf_pages(1, said=2_000_000_000)))
    yield BadPaper("bomb", b"frames.gif", _bytes(_gif_frames(3000)))
    yield BadPaper("bomb", b"text.png", _bytes(_png_text_bomb()))


def _loops() -> Iterator[BadPaper]:
    yield BadPaper("loop", b"self.tif", _bytes(_tiff(100, 100, following=8)))
    yield BadPaper("loop", b"pair.tif", _bytes(_tiff_pair()))
    kids = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Count 1 /Kids [2 0 R] >>",
    }
    yield BadPaper("loop", b"kids.pdf", _bytes(_pdf(kids)))
    parents = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Count 1 /Kids [3 0 R] /Parent 3 0 R >>",
        3: b"<< /Type /Pages /Count 1 /Kids [2 0 R] /Parent 2 0 R >>",
    }
    yield BadPaper("loop", b"parents.pdf", _bytes(_pdf(parents)))
    itself = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] /Contents 5 0 R"
        b" /Resources << /XObject << /F 4 0 R >> >> >>",
        4: _stream(
            b"/F Do",
            b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 4 0 R >> >>",
        ),
        5: _stream(b"/F Do"),
    }
    yield BadPaper("loop", b"form.pdf", _bytes(_pdf(itself)))
    length = {**kids, 2: b"<< /Type /Pages /Count 0 /Kids 4 0 R >>", 4: b"4 0 R"}
    yield BadPaper("loop", b"object.pdf", _bytes(_pdf(length)))
    one = _pdf({1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Count 0 /Kids [] >>"})
    start = one.rindex(b"xref\n0")
    yield BadPaper("loop", b"xref.pdf", _bytes(one.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % start)))
    nested = {1: b"<< /Type /Catalog /Pages " + b"[" * 20_000 + b"]" * 20_000 + b" >>"}
    yield BadPaper("loop", b"nested.pdf", _bytes(_pdf(nested)))


def _sizes() -> Iterator[BadPaper]:
    for number, (width, height) in enumerate([(1, 1), (1, 60_000), (60_000, 1), (2, 3), (20_000, 3)]):
        yield BadPaper("size", f"size-{number}.png".encode(), _blank_image(width, height))
        yield BadPaper("size", f"size-{number}.tif".encode(), _blank_image(width, height))
    yield BadPaper("size", b"zero.png", _bytes(_png(0, 0, zlib.compress(b""))))
    yield BadPaper("size", b"zero-bytes.pdf", _bytes(b""))
    yield BadPaper("size", b"one-byte.tif", _bytes(b"I"))
    yield BadPaper("size", b"sparse.tif", _sparse)
    box = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 0 0] >>",
    }
    yield BadPaper("size", b"box-zero.pdf", _bytes(_pdf(box)))
    for name, edges in (
        (b"huge", b"0 0 1e30 1e30"),
        (b"minus", b"-9e9 -9e9 9e9 9e9"),
        (b"nan", b"0 0 (a) /b"),
    ):
        page = b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] >>" % edges
        yield BadPaper("size", b"box-%s.pdf" % name, _bytes(_pdf({**box, 3: page})))


def _no_files() -> Iterator[BadPaper]:
    yield BadPaper("no file", b"pipe.png", lambda path: os.mkfifo(path))
    yield BadPaper("no file", b"socket.png", _socket)
    yield BadPaper("no file", b"link-loop.png", lambda path: path.symlink_to(path.name))
    yield BadPaper("no file", b"link-nowhere.png", lambda path: path.symlink_to("not-there.png"))
    yield BadPaper("no file", b"link-password.png", lambda path: path.symlink_to("/etc/passwd"))
    yield BadPaper("no file", b"link-folder", lambda path: path.symlink_to("."))


def _odd_names() -> Iterator[BadPaper]:
    names = [
        'it\'s "quoted".png',
        "line\nbreak.png",
        "carriage\rreturn\ttab.png",
        "\U0001f4c4\U0001f9fe Rechnung \U0001f1e9\U0001f1ea.png",
        "-rf.png",
        "--help.png",
        unicodedata.normalize("NFD", "Grüße an Öläuße.png"),
        "ends with dot..png",
        " leading and trailing .png",
        "%s%n%(name)s {0}.png",
        "back\\slash.png",
        "right\u202eto left.png",
        "CON.png",
        "$(reboot) `id` ;ls|&.png",
        "<b>&amp;</b>.png",
        "zero\u200bwidth\u2028line.png",
        "a:b*c?d.png",
        "ordner\nmit/umbruch.png",
        "UPPER.PNG",
    ]
    encoded = [name.encode() for name in names]
    encoded += [b"latin-\xfc\xdf.png", b"x" * 251 + b".png", "ü".encode() * 125 + b"x.png"]
    for number, name in enumerate(encoded):

        def make(path: Path, seed: int = 5000 + number) -> None:
            data = draw_page(path.parent / "draft.png", seed).read_bytes()
            (path.parent / "draft.png").unlink()
            path.write_bytes(data)

        yield BadPaper("odd name", b"namen/" + name, make, good=True)


def _png(width: int, height: int, packed: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _png_text_bomb() -> bytes:
    text = _chunk(b"zTXt", b"Comment\0\0" + _zeros(150_000_000))
    good = _png(8, 8, zlib.compress(bytes(16)))
    return good[:33] + text + good[33:]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _zeros(count: int) -> bytes:
    packer, parts = zlib.compressobj(9), []
    for _block in range(count // 1_000_000):
        parts.append(packer.compress(bytes(1_000_000)))
    return b"".join([*parts, packer.flush()])


def _jpeg_head(width: int, height: int) -> bytes:
    whole = bytearray(whole_file("jpg"))
    frame = whole.index(b"\xff\xc0")
    whole[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(whole)


def _jp2_head(width: int, height: int) -> bytes:
    whole = bytearray(whole_file("jp2"))
    box = whole.index(b"ihdr")
    whole[box + 4 : box + 12] = struct.pack(">II", height, width)
    size = whole.index(b"\xff\x51")
    whole[size + 6 : size + 14] = struct.pack(">II", width, height)
    return bytes(whole)


def _tiff(width: int, height: int, *, following: int = 0) -> bytes:
    """One bitonal strip of 16 bytes, whatever the size says; the next page is said to lie at `following`."""
    entries = [(256, 4, width), (257, 4, height), (258, 3, 1), (259, 3, 1), (262, 3, 1)]
    entries += [(273, 4, 8), (277, 3, 1), (278, 4, height), (279, 4, 16)]
    directory = struct.pack("<H", len(entries))
    for tag, kind, value in entries:
        directory += struct.pack("<HHII", tag, kind, 1, value)
    return b"II*\0" + struct.pack("<I", 8) + directory + struct.pack("<I", following)


def _tiff_pair() -> bytes:
    first = _tiff(100, 100)
    second_at = len(first)
    return first[:-4] + struct.pack("<I", second_at) + first[8:-4] + struct.pack("<I", 8)


def _gif_frames(count: int) -> bytes:
    frame = b",\0\0\0\0\1\0\1\0\0\2\2D\1\0"
    return b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff" + frame * count + b";"


def _pdf(objects: dict[int, bytes]) -> bytes:
    data = bytearray(b"%PDF-1.7\n")
    offsets = {}
    for number, content in objects.items():
        offsets[number] = len(data)
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start, size = len(data), max(objects) + 1
    data += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        data += b"%010d 00000 n \n" % offsets.get(number, 0)
    data += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    return bytes(data)


def _stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def _pdf_image_bomb(size: int) -> bytes:
    side = int(size**0.5)
    image = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray" % (side, side)
    return _pdf(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] /Contents 5 0 R"
            b" /Resources << /XObject << /I 4 0 R >> >> >>",
            4: _stream(_zeros(size), image + b" /BitsPerComponent 8 /Filter /FlateDecode"),
            5: _stream(b"q 300 0 0 400 0 0 cm /I Do Q"),
        }
    )


def _pdf_content_bomb(size: int) -> bytes:
    return _pdf(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] /Contents 4 0 R >>",
            4: _stream(zlib.compress(_zeros(size), 9), b"/Filter [/FlateDecode /FlateDecode]"),
        }
    )


def _pdf_pages(count: int, said: int | None = None) -> bytes:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] >>"
    kids = b" ".join(b"%d 0 R" % (3 + number) for number in range(count))
    tree = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (said or count, kids)
    objects = {1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: tree}
    return _pdf(objects | {3 + number: page for number in range(count)})


def _blank_image(width: int, height: int) -> Callable[[Path], None]:
    return lambda path: Image.new("1", (width, height), 1).save(path)


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"II*\0")
        file.truncate(3_000_000_000)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        # A socket's path may have 108 bytes only: bound from its own folder.
        before = os.open(".", os.O_RDONLY)
        try:
            os.chdir(path.parent)
            listener.bind(path.name)
        finally:
            os.fchdir(before)
            os.close(before)
