from __future__ import annotations

from system_office import dipro_scan, office

__all__ = ["dipro_scan", "office"]
