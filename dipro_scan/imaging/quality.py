"""Measurements of a page's image that say how well it was scanned."""

from __future__ import annotations

import cv2
import numpy as np

from dipro_scan.imaging.levels import gray_percentile
from dipro_scan.imaging.view import scaled_to
from dipro_scan.model import Measurement, ReadingImage

DPI = 150.0


def measure_page(view: ReadingImage) -> tuple[Measurement, ...]:
    """`sharpness`: variance of the Laplacian at 150 dpi with gray as 0–1 (unit 1; after Pech-Pacheco 2000).
    `contrast`: 95th less 5th percentile of the gray levels. Neither has a threshold yet."""
    gray, _dpi = scaled_to(view, DPI)
    sharpness = float(cv2.Laplacian(gray.astype(np.float32) / 255.0, cv2.CV_32F).var())
    contrast = gray_percentile(gray, 95) - gray_percentile(gray, 5)
    return (
        Measurement("sharpness", round(sharpness, 6), "1"),
        Measurement("contrast", float(contrast), "gray levels"),
    )
