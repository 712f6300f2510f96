"""The house keeps its shape: floors, small modules, names that say something."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "dipro_scan"
MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 70
MAX_ARGUMENTS = 8
SAY_NOTHING = {"utils", "util", "helpers", "helper", "misc", "common", "manager"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders or ("dipro_scan",):
        yield from sorted((ROOT / folder).rglob("*.py"))


def functions(module: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            yield node


def place(module: Path, function: Function) -> str:
    return f"{module.relative_to(ROOT)}:{function.lineno} {function.name}"


def test_each_room_looks_down_only() -> None:
    command = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    result = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 kept, 0 broken" in result.stdout


def test_no_module_is_long() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert lengths, "the package has modules"
    assert [f"{p.relative_to(ROOT)}: {n}" for p, n in lengths.items() if n > MAX_MODULE_LINES] == []


def test_every_function_fits_a_screen() -> None:
    long = [
        place(module, function)
        for module in modules()
        for function in functions(module)
        if function.end_lineno is not None and function.end_lineno - function.lineno >= MAX_FUNCTION_LINES
    ]
    assert long == []


def test_no_function_takes_a_crowd_of_arguments() -> None:
    crowded = []
    for module in modules():
        for function in functions(module):
            arguments = function.args
            names = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            given = [name for name in names if name.arg not in {"self", "cls"}]
            if len(given) > MAX_ARGUMENTS:
                crowded.append(place(module, function))
    assert crowded == []


def test_every_name_says_something() -> None:
    folders = ("dipro_scan", "tests", "samples")
    names = [path for path in modules(*folders) if {*path.parts, path.stem} & SAY_NOTHING]
    assert names == []


def test_every_public_module_says_what_it_is() -> None:
    silent = [
        str(module.relative_to(ROOT))
        for module in modules()
        if ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) is None
        and module.name != "__main__.py"
    ]
    assert silent == []


@pytest.mark.parametrize("banned", ["except:", "# TODO", "# FIXME", "print(f"])
def test_nothing_unfinished_and_no_stray_prints(banned: str) -> None:
    found = [
        f"{module.relative_to(ROOT)}:{number}"
        for module in modules()
        for number, line in enumerate(module.read_text(encoding="utf-8").splitlines(), 1)
        if banned in line
    ]
    assert found == []


def test_rooms_do_not_translate_while_they_are_imported() -> None:
    """A sentence made at import speaks the language that was set before anyone chose one."""
    early = []
    for module in modules():
        tree = ast.parse(module.read_text(encoding="utf-8"))
        inside = {id(n) for f in ast.walk(tree) if isinstance(f, Function | ast.Lambda) for n in body(f)}
        for node in ast.walk(tree):
            called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            if called in {"_", "ngettext"} and id(node) not in inside:
                early.append(f"{module.relative_to(ROOT)}:{node.lineno}")
    assert early == []


def body(function: Function | ast.Lambda) -> Iterator[ast.AST]:
    """The nodes that run when the function is called; its decorators and defaults run at import."""
    parts = [function.body] if isinstance(function, ast.Lambda) else function.body
    for part in parts:
        yield from ast.walk(part)
