"""What people and cron type."""

from __future__ import annotations

from dipro_scan.cli.entry import main

__all__ = ["main"]
