"""Files to pages: what is claimed, what it is, and each page as it came.

`claim` finds and keeps sources, `outline` tells what a source is and how many pages it has, `pages`
opens one of them. Nothing is imported here, so that naming the room costs nothing.
"""

from __future__ import annotations
