"""CI runs the commands that README.md shows, not copies of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = """# A project

<!-- command: run -->
```sh
python3 -m venv .venv &&
  .venv/bin/tool run
```

```sh
echo this one has no name
```

<!-- command: test -->
```sh
.venv/bin/pytest
```
"""


def ask(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = ROOT / ".ci" / "readme_command"
    return subprocess.run(
        [sys.executable, "-I", program, name, *arguments], capture_output=True, text=True, check=False
    )


def ask_of(text: str, name: str, folder: Path) -> subprocess.CompletedProcess[str]:
    readme = folder / "README.md"
    readme.write_text(text, encoding="utf-8")
    return ask(name, "--readme", str(readme))


def test_a_command_is_printed_as_it_stands(tmp_path: Path) -> None:
    assert ask_of(README, "run", tmp_path).stdout == "python3 -m venv .venv &&\n  .venv/bin/tool run\n"
    assert ask_of(README, "test", tmp_path).stdout == ".venv/bin/pytest\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (README.replace("<!-- command: test -->\n", ""), "0 times"),
        (README + README, "2 times"),
        (README.replace("<!-- command: test -->\n", "<!-- command: test -->\n\n"), "no ```sh block follows"),
        (
            README.replace("-->\n```sh\n.venv/bin/pytest", "-->\n```python\n.venv/bin/pytest"),
            "no ```sh block",
        ),
        (README.replace(".venv/bin/pytest\n", ""), "is empty"),
        (README.removesuffix("```\n"), "has no end"),
        ("<!-- command: test -->", "no ```sh block follows"),
    ],
)
def test_another_form_is_refused(text: str, complaint: str, tmp_path: Path) -> None:
    result = ask_of(text, "test", tmp_path)
    assert result.returncode == 2
    assert result.stdout == ""
    assert complaint in result.stderr


@pytest.mark.parametrize(("name", "tool"), [("run", "dipro-scan"), ("test", "pytest")])
def test_our_readme_holds_both_commands(name: str, tool: str) -> None:
    result = ask(name)
    assert result.returncode == 0, result.stderr
    assert tool in result.stdout
