"""What a command costs, as benchmarks measure it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from measuring import CommandFailed, environment_for, measure, median_of, median_ratio, table

_HOLDS_IN_A_CHILD = """
import subprocess, sys
work = "import time; held = bytearray(b'x') * (150 * 2**20); time.sleep(1)"
subprocess.run([sys.executable, "-c", work], check=True)
"""
_WORKS_IN_A_CHILD = """
import subprocess, sys
work = "import time\\nwhile time.process_time() < 0.4: pass"
subprocess.run([sys.executable, "-c", work], check=True)
"""


def test_memory_of_a_child_is_the_worker_s(tmp_path: Path) -> None:
    cost = measure([sys.executable, "-c", _HOLDS_IN_A_CHILD], tmp_path, environment=os.environ)
    assert 150 < cost.peak_worker_mib < 250
    assert cost.peak_coordinator_mib < 100
    assert cost.peak_process_mib == cost.peak_worker_mib
    assert cost.peak_sum_mib > cost.peak_worker_mib


def test_processor_time_of_a_child_counts(tmp_path: Path) -> None:
    cost = measure([sys.executable, "-c", _WORKS_IN_A_CHILD], tmp_path, environment=os.environ)
    assert cost.cpu_seconds >= 0.4


def test_what_it_prints_is_kept(tmp_path: Path) -> None:
    measure([sys.executable, "-c", "print('done')"], tmp_path, environment=os.environ)
    assert (tmp_path / "stdout").read_text() == "done\n"


def test_a_command_that_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=r"ended with 3:\s+no paper"):
        command = [sys.executable, "-c", "import sys; sys.stderr.write('no paper'); sys.exit(3)"]
        measure(command, tmp_path, environment=os.environ)


def test_expected_exit_codes_are_no_failure(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('for review'); raise SystemExit(3)"]
    cost = measure(command, tmp_path, environment=os.environ, expected=(0, 3))
    assert cost.cpu_seconds > 0
    assert (tmp_path / "stdout").read_text() == "for review\n"
    with pytest.raises(CommandFailed, match="ended with 3"):
        measure(command, tmp_path, environment=os.environ)


def test_nothing_set_up_here_reaches_a_contestant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIPRO_SCAN_RUN_PIPELINE", "other")
    monkeypatch.setenv("TESSDATA_PREFIX", "elsewhere")
    environment = environment_for([Path("first")], TESSDATA_PREFIX="here")
    assert "DIPRO_SCAN_RUN_PIPELINE" not in environment
    assert environment["TESSDATA_PREFIX"] == "here"
    assert environment["PATH"].split(os.pathsep)[0] == "first"


def test_medians_and_ratios_over_rounds() -> None:
    rounds = [
        {"a": {"seconds": 1.0}, "b": {"seconds": 2.0}},
        {"a": {"seconds": 3.0}, "b": {"seconds": 3.0}},
        {"a": {"seconds": 9.0}, "b": {"seconds": 90.0}},
    ]
    assert median_of([each["a"] for each in rounds]) == {"seconds": 3.0}
    assert median_ratio(rounds, "seconds", "a", "b") == 0.5


def test_a_table_lines_up() -> None:
    assert table(["what", "n"], [["pages", "12"]]) == "what    n\n---------\npages  12"
