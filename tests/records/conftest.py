"""The store kit, for tests in this process and for processes of their own."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import dipro_scan

_KIT = Path(__file__).with_name("store_kit.py")


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("store_kit", _KIT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def kit() -> ModuleType:
    return _load()


@pytest.fixture
def opened(kit: ModuleType, tmp_path: Path) -> Iterator[Any]:
    opened = kit.Opened(tmp_path / "records")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def start_kit() -> Callable[..., subprocess.Popen[str]]:
    """Starts the kit as a process."""

    def start(*arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(_KIT), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(dipro_scan.__file__).parent.parent)},
        )

    return start
