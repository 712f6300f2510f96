"""One module a command; each has `build()`."""

from __future__ import annotations
