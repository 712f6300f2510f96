"""Stored pixels → the upright, straightened gray image that everything else looks at.

Conventions: `view.pixels[row, column]`; the pixel with index i covers [i, i + 1) of the continuous
axis, so the centre of an image of width w lies at w / 2. A place in millimetres is
`origin_mm + continuous pixel place * 25.4 / dpi`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.levels import Gray, paper_level
from dipro_scan.model import MM_PER_INCH, PageFailed, ReadingImage, Resolution
from dipro_scan.translation import _

MAX_PIXELS: Final = 60_000_000
MAX_SIDE: Final = 30_000
"""OpenCV's remapping and Tesseract both count places in 16 bits."""

SAME_RESOLUTION: Final = 0.02
"""Relative deviation from the wanted resolution that is not worth resampling for."""

WHOLE_SQUARES: Final = 0.005
"""Relative deviation from a whole factor up to which reducing takes that factor."""

BORDER_ROWS: Final = 4
"""Every so manyth row tells the level of the paper that fills the corners of a straightened page."""

SQUARE_PIXELS: Final = 0.0005
"""Relative difference of both resolutions below which pixels count as square: 0.15 mm on an A4 page."""


def upright_view(
    pixels: NDArray[np.uint8], orientation: int, resolution: Resolution, dpi: int
) -> ReadingImage:
    """The page as its source wants it shown, gray, with square pixels.

    pixels: uint8, shape (height, width), (height, width, 1) or (height, width, 3) RGB, as stored.
    `orientation` is that of EXIF tag 274 (1–8), `resolution` belongs to the stored pixels. The result
    has about `dpi` dots per inch (its own `dpi` is the exact value); fewer where it would exceed
    60 megapixels. Its origin is (0, 0); no side is shorter than one pixel.

    Raises PageFailed where pixels, orientation or resolution are none.
    """
    shown = _oriented(_gray(pixels), orientation)
    shown_resolution = resolution.turned() if orientation >= 5 else resolution
    if not all(math.isfinite(value) and value > 0 for value in shown_resolution):
        raise PageFailed(_("The page's resolution is not a positive number; scan the page again."))
    target_dpi = _affordable_dpi(shown.shape, shown_resolution, dpi)
    if _fits_as_it_is(shown.shape, shown_resolution, target_dpi):
        return ReadingImage(shown, math.sqrt(shown_resolution.x * shown_resolution.y))
    height, width = shown.shape
    return ReadingImage(
        _resampled(
            shown,
            max(1, round(width * target_dpi / shown_resolution.x)),
            max(1, round(height * target_dpi / shown_resolution.y)),
        ),
        target_dpi,
    )


def upright_colours(
    pixels: NDArray[np.uint8], orientation: int, view: ReadingImage
) -> NDArray[np.uint8] | None:
    """The colours of a page in the frame and size of its `upright_view`; None for one in gray.

    pixels: as for `upright_view`. The result is RGB, uint8, shape (height, width, 3).
    """
    if pixels.ndim != 3 or pixels.shape[2] != 3:
        return None
    shown = _oriented(pixels, orientation)
    height, width = view.pixels.shape
    if shown.shape[:2] == (height, width):
        return shown
    smaller = height * width < shown.shape[0] * shown.shape[1]
    way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(shown, (width, height), interpolation=way), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class SmallColours:
    """The colours of a page at `dpi`, RGB, in the frame of its view, which is neither turned nor straight."""

    pixels: NDArray[np.uint8]
    dpi: float

    @property
    def view(self) -> ReadingImage:
        """The same in gray: it says where in the page's frame the colours lie."""
        return ReadingImage(_brightness(self.pixels), self.dpi)


def small_colours(colours: NDArray[np.uint8], dpi: float, wanted_dpi: float) -> SmallColours:
    """`colours` (RGB at `dpi`) at about `wanted_dpi`: a whole number of times smaller."""
    height, width = colours.shape[:2]
    step = max(1, round(dpi / wanted_dpi))
    size = (max(1, width // step), max(1, height // step))
    small = cv2.resize(colours, size, interpolation=cv2.INTER_AREA)
    return SmallColours(np.asarray(small, dtype=np.uint8), dpi * size[0] / width)


def upright_small_colours(
    small: SmallColours, rotation: int, skew_degrees: float
) -> tuple[NDArray[np.uint8], ReadingImage]:
    """`small` upright and straightened, with its gray view.

    Each channel is turned as `turn_quarter` and `straighten` turn a view.
    """
    channels = [
        straighten(
            turn_quarter(ReadingImage(np.ascontiguousarray(small.pixels[:, :, index]), small.dpi), rotation),
            skew_degrees,
        )
        for index in range(3)
    ]
    turned = np.dstack([channel.pixels for channel in channels])
    return turned, ReadingImage(_brightness(turned), small.dpi, channels[0].origin_mm)


def _brightness(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def turn_quarter(view: ReadingImage, rotation: int) -> ReadingImage:
    """`view` (not yet straightened) turned clockwise by `rotation`: 0, 90, 180 or 270 degrees."""
    if rotation not in (0, 90, 180, 270):
        raise ValueError(f"rotation must be 0, 90, 180 or 270, not {rotation}")
    if view.origin_mm != (0.0, 0.0):
        raise ValueError("a straightened view cannot be turned; turn first")
    if rotation == 0:
        return view
    turned = np.ascontiguousarray(np.rot90(view.pixels, k=-rotation // 90))
    return ReadingImage(turned, view.dpi)


def straighten(view: ReadingImage, skew_degrees: float, dpi: float | None = None) -> ReadingImage:
    """`view` turned clockwise by `skew_degrees` about its centre, so that its lines become level.

    The canvas grows so that no corner is cut (`PageGeometry.hull`); what was not on the page becomes
    paper-coloured. `origin_mm` becomes negative by as much as the canvas grew to the left and upwards,
    so that `box_mm` keeps giving places in the frame of the page. With `dpi` the view is brought to no more
    than that in the same step, which costs a fifth of doing one after the other. Where there is nothing to
    do, `view` itself comes back.
    """
    if dpi is not None and view.dpi > dpi:
        return _straightened_smaller(view, skew_degrees, dpi)
    if skew_degrees == 0.0:
        return view
    height, width = view.pixels.shape
    turn = _Turn(width, height, skew_degrees)
    return ReadingImage(
        _warped(view.pixels, turn.matrix, turn.hull, cv2.INTER_CUBIC),
        view.dpi,
        turn.origin_mm(view.origin_mm, view.dpi),
    )


def _straightened_smaller(view: ReadingImage, skew_degrees: float, dpi: float) -> ReadingImage:
    """Linear interpolation reads as well as averaging where it skips no pixel: up to half the resolution."""
    if view.dpi >= 2 * dpi:
        return straighten(reduced(view, dpi), skew_degrees)
    height, width = view.pixels.shape
    factor = dpi / view.dpi
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    if skew_degrees == 0.0:
        pixels = cv2.resize(view.pixels, size, interpolation=cv2.INTER_LINEAR)
        return ReadingImage(np.asarray(pixels, dtype=np.uint8), dpi, view.origin_mm)
    turn = _Turn(*size, skew_degrees)
    scale = np.array([[size[0] / width, 0.0, 0.0], [0.0, size[1] / height, 0.0], [0.0, 0.0, 1.0]])
    scale[:2, 2] = (np.diag(scale)[:2] - 1) / 2
    pixels = _warped(view.pixels, turn.matrix @ scale, turn.hull, cv2.INTER_LINEAR)
    return ReadingImage(pixels, dpi, turn.origin_mm(view.origin_mm, dpi))


class _Turn:
    """Turning a frame of `width` × `height` pixels clockwise about its centre, into a hull that holds it."""

    def __init__(self, width: int, height: int, skew_degrees: float) -> None:
        angle = math.radians(skew_degrees)
        cos, sin = math.cos(angle), math.sin(angle)
        self._size = (width, height)
        self.hull = (
            math.ceil(width * abs(cos) + height * abs(sin)),
            math.ceil(height * abs(cos) + width * abs(sin)),
        )
        centre = np.array([(width - 1) / 2, (height - 1) / 2])
        hull_centre = (np.array(self.hull) - 1) / 2
        turn = np.array([[cos, -sin], [sin, cos]])
        self.matrix = np.column_stack([turn, hull_centre - turn @ centre])

    def origin_mm(self, frame_mm: tuple[float, float], dpi: float) -> tuple[float, float]:
        """Where the hull's top left corner lies, when that of the frame lies at `frame_mm`."""
        mm_per_pixel = MM_PER_INCH / dpi
        left, top = frame_mm
        return (
            left - (self.hull[0] - self._size[0]) / 2 * mm_per_pixel,
            top - (self.hull[1] - self._size[1]) / 2 * mm_per_pixel,
        )


def _warped(pixels: Gray, matrix: NDArray[np.float64], size: tuple[int, int], way: int) -> Gray:
    warped = cv2.warpAffine(
        pixels,
        matrix,
        size,
        flags=way,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=paper_level(pixels[::BORDER_ROWS]),
    )
    return np.asarray(warped, dtype=np.uint8)


def reduced(view: ReadingImage, dpi: float) -> ReadingImage:
    """`view` (not yet straightened) at no more than `dpi`."""
    pixels, reached = scaled_to(view, dpi)
    return ReadingImage(pixels, reached, view.origin_mm)


def scaled_to(view: ReadingImage, dpi: float) -> tuple[Gray, float]:
    """The pixels at no more than about `dpi`, and the resolution they then have. Never enlarges.

    Where whole squares of pixels make one, up to one pixel less than a square is left out at the far edges:
    averaging is several times faster then.
    """
    if view.dpi <= dpi:
        return view.pixels, view.dpi
    height, width = view.pixels.shape
    squares = round(view.dpi / dpi)
    whole = abs(view.dpi / dpi / squares - 1) <= WHOLE_SQUARES and min(height, width) >= squares
    factor = 1 / squares if whole else dpi / view.dpi
    pixels = view.pixels
    if whole:
        pixels = pixels[: height // squares * squares, : width // squares * squares]
        height, width = pixels.shape
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    smaller = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return np.asarray(smaller, dtype=np.uint8), view.dpi * factor


def _gray(pixels: NDArray[np.uint8]) -> Gray:
    whole = pixels.size > 0 and pixels.dtype == np.uint8
    if whole and pixels.ndim == 2:
        return np.ascontiguousarray(pixels)
    if whole and pixels.ndim == 3 and pixels.shape[2] == 1:
        return np.ascontiguousarray(pixels[:, :, 0])
    if whole and pixels.ndim == 3 and pixels.shape[2] == 3:
        return np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    raise PageFailed(
        _("The page's image has the shape %(shape)s and the type %(type)s, which is neither gray nor colour.")
        % {"shape": "×".join(map(str, pixels.shape)) or "0", "type": pixels.dtype}
    )


def _oriented(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """EXIF 2.32, tag 274: 2–4 mirror or turn by 180°, 5–8 also exchange rows and columns."""
    if not 1 <= orientation <= 8:
        raise PageFailed(
            _("The page's orientation is %(orientation)s; only 1 to 8 have a meaning.")
            % {"orientation": orientation}
        )
    shown = pixels.swapaxes(0, 1) if orientation >= 5 else pixels
    if orientation in (2, 3, 6, 7):
        shown = shown[:, ::-1]
    if orientation in (3, 4, 7, 8):
        shown = shown[::-1, :]
    return np.ascontiguousarray(shown)


def _affordable_dpi(shape: tuple[int, ...], resolution: Resolution, dpi: float) -> float:
    height_inch, width_inch = shape[0] / resolution.y, shape[1] / resolution.x
    by_area = math.sqrt(MAX_PIXELS / (height_inch * width_inch))
    by_side = MAX_SIDE / max(height_inch, width_inch)
    return min(float(dpi), by_area, by_side)


def _fits_as_it_is(shape: tuple[int, ...], resolution: Resolution, dpi: float) -> bool:
    return (
        abs(resolution.x / resolution.y - 1) <= SQUARE_PIXELS
        and abs(resolution.x / dpi - 1) <= SAME_RESOLUTION
        and shape[0] * shape[1] <= MAX_PIXELS
        and max(shape) <= MAX_SIDE
    )


def _resampled(pixels: Gray, width: int, height: int) -> Gray:
    """Shrinks by area first, then enlarges: a fax has to do one along x and the other along y."""
    rows, columns = pixels.shape
    smaller = (min(width, columns), min(height, rows))
    if smaller != (columns, rows):
        pixels = np.asarray(cv2.resize(pixels, smaller, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    if smaller != (width, height):
        pixels = np.asarray(
            cv2.resize(pixels, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.uint8
        )
    return pixels
