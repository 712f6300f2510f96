"""Files that are no YAML, or YAML that settings do not allow; and that no file makes a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dipro_scan.model import SettingsError
from dipro_scan.settings import load_site, shipped_pipelines, yaml_source
from dipro_scan.settings.yaml_source import read_yaml


def _written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "site.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "line", "expected"),
    [
        ("a: 1\n\tb: 2\n", 2, "a tab stands here; indent with blanks"),
        ('a: 1\nb: "open\nc: 3\n', 2, "a quotation mark is opened here and never closed"),
        ("a: 'x\n", 1, "a quotation mark is opened here and never closed"),
        ("a: b: c\n", 1, "a colon stands here where none is expected"),
        ("a: 1\nb\nc: 2\n", 3, "has no colon"),
        ('a: "C:\\Scan"\n', 1, "a backslash in double quotes"),
        ("a: [1, 2\nb: 3\n", 2, "something does not fit here"),
        ("a: 1\n---\nb: 2\n", 2, "a second part begins here (---)"),
        ("a: 1\nb: 2\na: 3\n", 3, "“a” already stands in line 1"),
        ("a:\n  b: 1\n  c: 2\n  b: 1\n", 4, "“b” already stands in line 2"),
        ("a: &x 1\nb: *x\n", 1, "anchors (&) and aliases (*) are not allowed"),
        ("a: *x\n", 1, "anchors (&) and aliases (*) are not allowed"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "tags (!) and merges (<<) are not allowed"),
        ("a: !!binary aGk=\n", 1, "tags (!) and merges (<<) are not allowed"),
        ("a: 1\n<<: {b: 2}\n", 2, "tags (!) and merges (<<) are not allowed"),
        ("? [a]\n: 1\n", 1, "tags (!) and merges (<<) are not allowed"),
        ("a: " + "[" * 40 + "]" * 40 + "\n", 1, "nested too deeply"),
        ("a: 1\nb: \x07\n", 2, "the control character U+0007 is not allowed"),
        ("a: 1\nb: ä\n".encode("cp1252"), 2, "not coded as UTF-8; save the file as UTF-8"),
        ("a: %x\nb: @y\n", 1, "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(
    tmp_path: Path, content: str | bytes, line: int, expected: str
) -> None:
    path = _written(tmp_path, content)
    with pytest.raises(SettingsError) as caught:
        read_yaml(path)
    assert expected in str(caught.value)
    assert str(caught.value).startswith(f"{path}, line {line}: ")


@pytest.mark.parametrize("content", ["", "# nur ein Kommentar\n", "- a\n- b\n", "text\n"])
def test_a_file_without_settings(tmp_path: Path, content: str) -> None:
    with pytest.raises(SettingsError, match="holds no settings"):
        read_yaml(_written(tmp_path, content))


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="larger than 2 MB"):
        read_yaml(_written(tmp_path, b"# " + b"x" * 2_000_001))


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_yaml(tmp_path)


def test_values_lines_and_spelling(tmp_path: Path) -> None:
    source = read_yaml(_written(tmp_path, "\ufeffa: 63.10\nb:\n  - x: ja\n    y: yes\nd: 2026-01-02\ne: ~\n"))
    assert source.value == {"a": 63.1, "b": [{"x": "ja", "y": True}], "d": "2026-01-02", "e": None}
    assert source.written[("a",)] == "63.10"
    assert source.line_of(("b", 0, "y")) == 4
    assert source.line_of(("b", 0, "missing")) == 3
    assert source.line_of(("nowhere",)) == 1


def test_numbers_beyond_python_stay_text(tmp_path: Path) -> None:
    source = read_yaml(_written(tmp_path, f"a: {'9' * 5000}\n"))
    assert source.value["a"] == "9" * 5000


SITE = (shipped_pipelines() / "site.yaml").read_text("utf-8")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.integers(0, len(SITE)),
    cut=st.integers(0, 12),
    put=st.text(st.sampled_from("\t\n :-[]{}\"'&*!%@#|>?ä\u20ac0a\\"), max_size=6),
)
def test_a_damaged_file_is_read_or_refused_in_one_sentence(
    tmp_path: Path, at: int, cut: int, put: str
) -> None:
    _written(tmp_path, SITE[:at] + put + SITE[at + cut :])
    try:
        load_site(tmp_path)
    except SettingsError as error:
        assert str(error).startswith(str(tmp_path))
        assert str(error).endswith(".")


_SCALARS = st.sampled_from(
    [
        "1",
        "63.10",
        "0x1f",
        "2026-11-23",
        "ja",
        "true",
        "~",
        "'§ 7 \u00e4'",
        '"a\\u00df"',
        "|\n   Zeile\n",
        "a # b",
        "-0",
    ]
)


def _mapping(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(st.sampled_from(["name", "größe", "'x: y'", "7"]), children)
    flow = st.lists(st.one_of(pairs.map(": ".join), children), max_size=3)
    return st.one_of(
        flow.map(lambda items: "{" + ", ".join(items) + "}"), flow.map(lambda items: f"[{', '.join(items)}]")
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.recursive(_SCALARS, _mapping, max_leaves=6), max_size=5))
def test_the_fast_loader_reads_what_the_plain_one_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values: list[str]
) -> None:
    path = _written(tmp_path, "top: 0\n" + "".join(f"k{n}: {value}\n" for n, value in enumerate(values)))
    with monkeypatch.context() as patch:
        fast = _told(path)
        patch.setattr(yaml_source, "_FastLoader", yaml_source._PlainLoader)
        assert fast == _told(path)


def _told(path: Path) -> object:
    try:
        return read_yaml(path)
    except SettingsError as error:
        return str(error)


def test_shipped_files_are_read_by_the_fast_loader(monkeypatch: pytest.MonkeyPatch) -> None:
    files = sorted(shipped_pipelines().rglob("*.yaml"))
    plain = []
    with monkeypatch.context() as patch:
        patch.setattr(yaml_source, "_FastLoader", yaml_source._PlainLoader)
        plain = [read_yaml(path) for path in files]
    monkeypatch.setattr(yaml_source, "_PlainLoader", None)
    assert [read_yaml(path) for path in files] == plain
