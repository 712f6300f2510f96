"""dipro_scan: scanned paper to filed, provable electronic records."""

from __future__ import annotations

__version__ = "0.1.0"
