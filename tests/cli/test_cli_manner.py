"""Errors are told in the manner that was asked for: in the command line or in the environment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dipro_scan.cli.entry import run_command_line

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command line with this environment; gives its exit code, what it said and what went wrong."""

    def run(*arguments: str, **environment: str) -> tuple[int, str, str]:
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(f"DIPRO_SCAN_{name}", value)
            code = run_command_line(list(arguments))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


NO_STORE = ("--records", "/nonexistent/records")


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (("status", "--json", *NO_STORE), {}),
        (("status", *NO_STORE), {"STATUS_JSON": "1"}),
        (("status", *NO_STORE), {"STATUS_JSON": "true"}),
        ((*NO_STORE, "review", "list"), {"REVIEW_LIST_JSON": "1"}),
        (("run", "/nonexistent", "--pipeline", "none"), {"RUN_JSON": "1"}),
        # What Click itself refuses: no argument, an option that does not exist.
        (("run",), {"RUN_JSON": "1"}),
        (("run", "--json"), {}),
        (("run", "x", "--jsn"), {"RUN_JSON": "1"}),
        (("run", "--jobs", "none", "x", "--json"), {}),
    ],
)
def test_an_error_is_a_json_object_too_where_that_was_asked_for(
    said: Any, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    code, out, err = said(*arguments, **environment)
    answer = json.loads(out)
    assert code == 2 and answer["schema"] == 1 and answer["exit"] == 2
    assert answer["error"] in err


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (("status", *NO_STORE), {}),
        (("status", *NO_STORE), {"STATUS_JSON": "0"}),
        (("status", *NO_STORE), {"RUN_JSON": "1"}),
        # These have no such option.
        (("review", "accept", "x", "--json", *NO_STORE), {}),
        (("pipelines", "show", "none", "--json"), {}),
        (("pipelines", "show", "none"), {"PIPELINES_SHOW_JSON": "1"}),
        (("nothing", "--json"), {}),
        # An input of that name.
        (("run", "--pipeline", "none", "--", "--json"), {}),
    ],
)
def test_nobody_gets_json_unasked(said: Any, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
    code, out, err = said(*arguments, **environment)
    assert code == 2
    assert out == "" and err


@pytest.mark.parametrize(
    ("arguments", "environment", "shown"),
    [
        ((), {}, False),
        (("-v",), {}, True),
        (("--verbose",), {}, True),
        ((), {"VERBOSE": "1"}, True),
        ((), {"STATUS_VERBOSE": "1"}, True),
        ((), {"VERBOSE": "0"}, False),
    ],
)
@pytest.mark.parametrize("before", [True, False])
def test_tracebacks_are_for_those_who_asked(
    said: Any, arguments: tuple[str, ...], environment: dict[str, str], shown: bool, before: bool
) -> None:
    line = [*arguments, "status", *NO_STORE] if before else ["status", *NO_STORE, *arguments]
    code, _out, err = said(*line, **environment)
    assert code == 2
    assert ("Traceback" in err) is shown
    assert "Error: " in err


def test_an_error_before_a_command_is_known_shows_where_it_was(
    said: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_name: str) -> None:
        raise RuntimeError("no such module")

    monkeypatch.setattr("dipro_scan.cli.root.import_module", broken)
    code, out, err = said("status", "-v", "--json")
    assert code == 1 and "Traceback" in err
    assert json.loads(out)["exit"] == 1
