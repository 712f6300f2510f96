"""Blank, not blank, doubtful: no content is ever called blank, and empty paper is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from dipro_scan.imaging import judge_blank, straighten
from dipro_scan.model import BlankVerdict, ReadingImage
from dipro_scan.settings import BlankSettings

Pixels = NDArray[np.uint8]
Drawing = Callable[[ImageDraw.ImageDraw], object]
HEIGHT, WIDTH = 3508, 2480
DEFAULT = BlankSettings()


def paper(seed: int, level: float = 245, noise: float = 4, shade: float = 0, texture: float = 0) -> Pixels:
    """An A4 sheet at 300 dpi: gray with noise, getting darker to the right by `shade`, and cloudy."""
    chance = np.random.default_rng(seed)
    sheet = level + chance.normal(0, noise, (HEIGHT, WIDTH)) - np.linspace(0, shade, WIDTH)
    if texture:
        clouds = chance.normal(0, texture, (HEIGHT // 12, WIDTH // 12))
        sheet += cv2.resize(clouds, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return np.clip(sheet, 0, 255).astype(np.uint8)


def drawn(sheet: Pixels, draw: Drawing, ink: float) -> Pixels:
    """`sheet` with what `draw` draws, darker by `ink` gray levels."""
    image = Image.new("L", (WIDTH, HEIGHT), 0)
    draw(ImageDraw.Draw(image))
    return np.clip(sheet - np.asarray(image) / 255.0 * ink, 0, 255).astype(np.uint8)


def text(words: str, size_pt: float, at: tuple[int, int] = (1200, 3300)) -> Drawing:
    font = ImageFont.load_default(size=size_pt / 72 * 300)
    return lambda pen: pen.text(at, words, font=font, fill=255)


def verdict(pixels: Pixels, limits: BlankSettings = DEFAULT) -> BlankVerdict:
    return judge_blank(ReadingImage(pixels, 300.0), limits).verdict


@pytest.mark.parametrize(
    ("level", "noise", "shade", "texture"),
    [(255, 0, 0, 0), (245, 3, 0, 0), (235, 6, 30, 3), (200, 8, 60, 4), (180, 5, 20, 5), (225, 10, 0, 6)],
)
def test_empty_paper_is_blank(level: float, noise: float, shade: float, texture: float) -> None:
    assert verdict(paper(1, level, noise, shade, texture)) is BlankVerdict.BLANK


def test_dust_and_salt_noise_are_blank() -> None:
    chance = np.random.default_rng(2)
    dusty = paper(2)
    for _ in range(60):
        place = (int(chance.integers(100, WIDTH - 100)), int(chance.integers(100, HEIGHT - 100)))
        cv2.circle(dusty, place, int(chance.integers(1, 3)), 150, -1)
    salty = np.where(chance.random((HEIGHT, WIDTH)) < 0.0005, 0, 255).astype(np.uint8)
    assert verdict(dusty) is BlankVerdict.BLANK
    assert verdict(salty) is BlankVerdict.BLANK


def test_print_that_shines_faintly_through_is_blank(typed_page: Callable[..., Pixels]) -> None:
    other_side = cv2.GaussianBlur(typed_page(1)[:, ::-1], (0, 0), 4).astype(np.float64)
    other_side = other_side[:HEIGHT, :WIDTH]
    sheet = paper(3)[: other_side.shape[0], : other_side.shape[1]]
    assert verdict(np.clip(sheet - (255 - other_side) * 0.05, 0, 255).astype(np.uint8)) is BlankVerdict.BLANK


@pytest.mark.parametrize("size_pt", [5, 8, 12])
@pytest.mark.parametrize("number", ["1", "- 3 -", "23"])
def test_a_lone_page_number_is_kept(number: str, size_pt: float) -> None:
    assert verdict(drawn(paper(4), text(number, size_pt), 200)) is not BlankVerdict.BLANK


@pytest.mark.parametrize(
    ("draw", "ink"),
    [
        (lambda pen: pen.line([(700, 900), (1400, 880)], fill=255, width=3), 35),
        (lambda pen: pen.line([(700, 900), (1400, 880)], fill=255, width=5), 25),
        (
            lambda pen: [pen.line([(x, 900), (x + 20, 899)], fill=255, width=4) for x in range(500, 900, 30)],
            50,
        ),
        (text("4", 9), 50),
        (lambda pen: pen.rectangle((1500, 300, 1900, 420), outline=255, width=4), 60),
        (lambda pen: pen.arc((1300, 2000, 1700, 2200), 10, 200, fill=255, width=4), 60),
        (text("12.03.2026 10:22  +49 2151 1234  Stadt  S. 01/01", 8, (300, 25)), 120),
    ],
    ids=["pencil", "faint pencil", "dashes", "faint digit", "stamp", "signature", "fax header in the margin"],
)
def test_little_or_faint_content_is_kept(draw: Drawing, ink: float) -> None:
    assert verdict(drawn(paper(5), draw, ink)) is not BlankVerdict.BLANK


def test_a_page_of_text_is_not_blank(typed_page: Callable[..., Pixels]) -> None:
    assert verdict(typed_page(2)) is BlankVerdict.NOT_BLANK


@pytest.mark.parametrize("level", [0, 60])
def test_a_dark_page_is_never_called_blank(level: int) -> None:
    assert verdict(np.full((HEIGHT, WIDTH), level, np.uint8)) is BlankVerdict.DOUBTFUL


def test_a_large_black_area_is_content() -> None:
    half_black = paper(6)
    half_black[:, :1200] = 30
    assert verdict(half_black) is BlankVerdict.NOT_BLANK


def test_a_shadow_along_the_edge_is_within_the_margin() -> None:
    shadowed = paper(7)
    shadowed[:, :50] = 40
    assert verdict(shadowed) is BlankVerdict.BLANK
    barred = paper(7)
    barred[300:3200, 16:50] = 40
    assert verdict(barred) is BlankVerdict.DOUBTFUL
    assert verdict(barred, BlankSettings(margin_mm=1.0)) is BlankVerdict.NOT_BLANK


def test_the_lid_beside_a_crooked_sheet_is_no_ink() -> None:
    crooked = paper(9)
    for row in range(3508):
        crooked[row, 2480 - 140 * row // 3508 :] = 12
    assert verdict(crooked) is BlankVerdict.BLANK


def test_a_streak_of_dirt_on_the_glass_is_no_ink_but_a_short_line_is() -> None:
    streaked = paper(10)
    streaked[:, 900:903] = 170
    streaked[1000:1300, 900:903] = 240
    assert verdict(streaked) is BlankVerdict.BLANK
    ruled = paper(10)
    ruled[1000:1600, 900:903] = 170
    assert verdict(ruled) is not BlankVerdict.BLANK


def test_two_punch_holes_are_no_ink_but_a_single_dot_is() -> None:
    rows, columns = np.ogrid[:3508, :2480]
    punched = paper(12)
    for row in (1282, 2227):  # 80 mm apart
        punched[(rows - row) ** 2 + (columns - 140) ** 2 < 35**2] = 20
    assert verdict(punched) is BlankVerdict.BLANK
    dotted = paper(12)
    dotted[(rows - 1282) ** 2 + (columns - 140) ** 2 < 35**2] = 20
    assert verdict(dotted) is BlankVerdict.NOT_BLANK


def test_a_broken_fold_from_side_to_side_is_no_ink_but_a_short_line_is() -> None:
    folded, dashed = paper(13).astype(np.float64), paper(13).astype(np.float64)
    for column in range(0, WIDTH, 150):
        row = 1200 + round(column * 0.012)
        folded[row : row + 4, column : column + 90] -= 40
        if 900 < column < 1500:
            dashed[row : row + 4, column : column + 90] -= 40
    assert verdict(folded.astype(np.uint8)) is BlankVerdict.BLANK
    assert verdict(dashed.astype(np.uint8)) is not BlankVerdict.BLANK


def test_a_staple_in_the_corner_is_no_ink_but_in_the_middle_it_is_a_stroke() -> None:
    stapled, stroke = paper(14), paper(14)
    cv2.line(stapled, (90, 190), (205, 100), 110, 8, cv2.LINE_AA)
    cv2.line(stroke, (1090, 1190), (1205, 1100), 110, 8, cv2.LINE_AA)
    assert verdict(stapled) is BlankVerdict.BLANK
    assert verdict(stroke) is not BlankVerdict.BLANK


def test_a_dog_ear_is_no_ink_but_a_page_number_beside_a_dark_edge_is() -> None:
    eared, numbered = paper(15), paper(15)
    cv2.fillPoly(eared, [np.array([(WIDTH - 150, 0), (WIDTH, 0), (WIDTH, 150)])], 12)
    cv2.polylines(eared, [np.array([(WIDTH - 150, 0), (WIDTH - 150, 150), (WIDTH, 150)])], False, 190, 2)
    numbered[:40] = 12
    numbered[:, WIDTH - 40 :] = 12
    numbered = drawn(numbered, text("4", 10, (WIDTH - 150, 110)), 200)
    assert verdict(eared) is BlankVerdict.BLANK
    assert verdict(numbered) is not BlankVerdict.BLANK


def test_the_rims_of_holes_over_white_and_a_streak_too_faint_to_see_are_no_ink() -> None:
    marked = paper(16, noise=8).astype(np.float64)
    rings = np.zeros((HEIGHT, WIDTH), np.uint8)
    for row in (1282, 2227):
        cv2.circle(rings, (140, row), 37, 255, 4, cv2.LINE_AA)
    marked -= rings / 255.0 * 45
    marked[:, 1500:1503] -= 9 + 4 * np.sin(np.arange(HEIGHT) / 90)[:, None]
    assert verdict(np.clip(marked, 0, 255).astype(np.uint8)) is BlankVerdict.BLANK


@pytest.mark.parametrize(("ink", "top"), [(40, 30), (60, 45), (120, 70)])
def test_a_faint_fax_header_is_kept(ink: float, top: int) -> None:
    header = text("12.03.2026 10:22  +49 2151 1234  Stadt  S. 01/01", 7, (300, top))
    assert verdict(drawn(paper(17, noise=3), header, ink)) is not BlankVerdict.BLANK


def test_faint_writing_that_fell_apart_is_kept() -> None:
    def pencil(pen: ImageDraw.ImageDraw) -> None:
        chance = np.random.default_rng(5)
        for x in range(900, 1300, 22):
            y = 1500 + int(chance.integers(-18, 18))
            pen.line([(x, y), (x + 7, y - 12)], fill=255, width=4)

    assert verdict(drawn(paper(18, noise=5), pencil, 60)) is not BlankVerdict.BLANK


def test_a_page_with_only_pale_ink_waits_for_its_other_side() -> None:
    pale = judge_blank(ReadingImage(drawn(paper(19), text("Vollmacht", 30), 28), 300.0), DEFAULT)
    assert (pale.verdict, pale.doubt) == (BlankVerdict.DOUBTFUL, "may_show_through")
    plain = judge_blank(ReadingImage(drawn(paper(19), text("Vollmacht", 30), 180), 300.0), DEFAULT)
    assert (plain.verdict, plain.doubt) == (BlankVerdict.NOT_BLANK, None)


def test_a_dark_area_that_reaches_far_in_from_the_edge_is_content() -> None:
    tab = paper(11)
    tab[800:1400, 2000:] = 60
    assert verdict(tab) is BlankVerdict.NOT_BLANK


def test_the_margin_is_that_of_the_page_also_when_it_was_straightened() -> None:
    shadowed = paper(8, noise=2)
    shadowed[:, :45] = 40
    straight = straighten(ReadingImage(shadowed, 300.0), 0.15)
    assert straight.origin_mm[0] < 0
    assert judge_blank(straight, DEFAULT).verdict is BlankVerdict.BLANK


def test_the_thresholds_decide_between_the_three_verdicts() -> None:
    page = ReadingImage(drawn(paper(9), text("7", 10), 200), 300.0)
    share, component = judge_blank(page, DEFAULT).measurements
    assert 0.5 < component.value < 4.0 and component.threshold == DEFAULT.max_component_mm2
    assert (share.name, share.unit, component.name, component.unit) == (
        "ink_share", "1", "largest_component", "mm²",
    )  # fmt: skip
    lenient = BlankSettings(max_component_mm2=1.01 * component.value)
    strict = BlankSettings(max_component_mm2=0.1, doubtful_component_mm2=component.value / 2)
    assert judge_blank(page, lenient).verdict is BlankVerdict.BLANK
    assert judge_blank(page, DEFAULT).verdict is BlankVerdict.DOUBTFUL
    assert judge_blank(page, strict).verdict is BlankVerdict.NOT_BLANK


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (700, 2), (12, 12)])
def test_any_size_gets_a_verdict(shape: tuple[int, int]) -> None:
    assert verdict(np.full(shape, 255, np.uint8)) is BlankVerdict.BLANK


@settings(max_examples=60, deadline=None)
@given(
    height=st.integers(1, 300),
    width=st.integers(1, 300),
    dpi=st.sampled_from((72.0, 150.0, 600.0)),
    seed=st.integers(0, 99),
)
def test_any_pixels_get_a_verdict(height: int, width: int, dpi: float, seed: int) -> None:
    chance = np.random.default_rng(seed)
    pixels = chance.integers(0, 256, (height, width), dtype=np.uint8)
    pixels[chance.random(pixels.shape) < 0.7] = 240
    judged = judge_blank(ReadingImage(pixels, dpi), DEFAULT)
    assert all(np.isfinite(one.value) for one in judged.measurements)


def test_real_empty_pages(scans: Path, pages_of: Callable[..., Iterator[ReadingImage]]) -> None:
    verdicts = {
        name: judge_blank(next(pages_of(scans / "blank" / name)), DEFAULT).verdict
        for name in ("omp_blank.pdf", "s2p_empty.png", "s2p_white-cut.png")
    }
    assert verdicts["omp_blank.pdf"] is BlankVerdict.BLANK
    assert verdicts["s2p_empty.png"] is not BlankVerdict.NOT_BLANK  # an empty sheet with a spot of dirt
    assert verdicts["s2p_white-cut.png"] is not BlankVerdict.BLANK  # holds a black bar


@pytest.mark.parametrize("folder", ["ocr", "skew", "barcode", "noisy", "pdf"])
def test_no_real_page_with_content_is_called_blank(
    scans: Path, pages_of: Callable[..., Iterator[ReadingImage]], folder: str
) -> None:
    empty = {("pm_rechnung.pdf", 2)}
    called_blank = {
        (path.name, number)
        for path in sorted((scans / folder).iterdir())
        for number, page in enumerate(pages_of(path, 200), 1)
        if judge_blank(page, DEFAULT).verdict is BlankVerdict.BLANK
    }
    assert called_blank == (empty if folder == "pdf" else set())
