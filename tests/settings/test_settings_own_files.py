"""The shipped set in a city's own folder; nothing is written over."""

from __future__ import annotations

from pathlib import Path

import pytest

from dipro_scan.model import Unwritable, UsageProblem
from dipro_scan.settings import check_all, copy_shipped, load_configuration, shipped_pipelines, write_new


@pytest.mark.parametrize("folder", ["neu", "tief/darin", "leer"])
def test_the_copy_says_what_the_shipped_set_says(tmp_path: Path, folder: str) -> None:
    (tmp_path / "leer").mkdir()
    written = copy_shipped(tmp_path / folder)
    copied = {file.relative_to(tmp_path / folder).as_posix() for file in written}
    assert copied == {
        file.relative_to(shipped_pipelines()).as_posix() for file in shipped_pipelines().rglob("*.yaml")
    }
    assert check_all(tmp_path / folder) == []
    assert load_configuration("posteingang", tmp_path / folder) == load_configuration("posteingang")


def test_a_folder_with_anything_in_it_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / ".notiz").write_text("mein", "utf-8")
    with pytest.raises(UsageProblem, match="not empty"):
        copy_shipped(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == [".notiz"]
    with pytest.raises(UsageProblem, match="is a file"):
        copy_shipped(tmp_path / ".notiz")


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    file = write_new(tmp_path / "a" / "b.yaml", "ä\n")
    with pytest.raises(UsageProblem, match="exists already"):
        write_new(file, "anders")
    assert file.read_bytes() == "ä\n".encode()


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "datei").write_text("", "utf-8")
    with pytest.raises(Unwritable, match="cannot be written"):
        write_new(tmp_path / "datei" / "b.yaml", "")
