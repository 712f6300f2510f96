"""Names of a package that are fetched when asked for."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

from dipro_scan import batch, records


@pytest.mark.parametrize("package", [batch, records])
def test_every_name_of_a_package_is_where_it_says(package: ModuleType) -> None:
    for name in package.__all__:
        assert getattr(package, name).__module__.startswith(package.__name__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        package.nothing  # noqa: B018


def test_a_worker_starts_without_the_ledger_and_the_store() -> None:
    asked = "import sys, dipro_scan.batch.executor; print(*sorted(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    loaded = set(answer.stdout.split())
    assert "dipro_scan.records.durable" in loaded
    assert not {"sqlalchemy", "dipro_scan.records.store", "cv2", "pikepdf"} & loaded
