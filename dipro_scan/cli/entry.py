"""The one place that turns errors into exit codes."""

from __future__ import annotations

import atexit
import errno
import os
import signal
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from dipro_scan.cli.completing import VARIABLE, answer_shell
from dipro_scan.cli.event_log import log_failure, show_on_standard_error
from dipro_scan.cli.language import choose_language
from dipro_scan.cli.manner import Manner, guessed_manner, wants_json
from dipro_scan.cli.output import print_json
from dipro_scan.model.errors import DiproScanError, ExitCode, UsageProblem
from dipro_scan.translation import _, os_reason, set_language

_UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}


class _Terminated(BaseException):
    """SIGTERM arrived: leave in order, as after Ctrl-C."""


def main() -> NoReturn:
    """The console script `dipro-scan`."""
    _fill_closed_streams()
    arguments = sys.argv[1:]
    set_language(choose_language(arguments, os.environ))
    if VARIABLE in os.environ:
        sys.exit(answer_shell(os.environ[VARIABLE]))
    signal.signal(signal.SIGTERM, _terminate)
    code = run_command_line(arguments)
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    _leave(code)


def _leave(code: int) -> NoReturn:
    """Ends the process once all that wanted to be called at the end was called: everything is written and
    closed, and freeing what a large run has read would take a third of a second that nobody gains from."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _fill_closed_streams() -> None:
    """Cron and scripts may close what nobody reads; a command must not fail for that."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115


def run_command_line(arguments: list[str]) -> int:
    """Runs one command line and gives its exit code; every error becomes one sentence."""
    from dipro_scan.cli.root import build_root

    manner = guessed_manner(arguments, os.environ)
    show_on_standard_error(verbose=manner.verbose)
    try:
        _check_working_folder()
        result = build_root().main(arguments, prog_name="dipro-scan", standalone_mode=False, obj=manner)
        return int(result or ExitCode.DONE)
    except click.ClickException as error:
        error.show()
        if not manner.understood:
            manner.json = wants_json(error, arguments)
        return _told(manner, ExitCode.USAGE, error.format_message())
    except DiproScanError as error:
        return _failed(manner, error.exit_code, str(error))
    except (KeyboardInterrupt, click.Abort):
        return _stopped(
            manner,
            ExitCode.INTERRUPTED,
            _("Interrupted. Nothing is lost; run the same command again to go on."),
        )
    except _Terminated:
        return _stopped(
            manner, ExitCode.TERMINATED, _("Stopped. Nothing is lost; run the same command again to go on.")
        )
    except BrokenPipeError:
        return ExitCode.DONE
    except OSError as error:
        if error.errno in _UNWRITABLE:
            sentence = _("%(path)s cannot be written (%(why)s). Nothing is lost.") % {
                "path": error.filename or _("A file"),
                "why": os_reason(error),
            }
            return _failed(manner, ExitCode.UNWRITABLE, sentence)
        return _bug(manner, error)
    except ImportError as error:
        if (error.name or "").startswith("dipro_scan"):
            return _bug(manner, error)
        sentence = _("A library cannot be loaded (%(problem)s). “dipro-scan doctor” says how to mend it.") % {
            "problem": str(error).partition("\n")[0]
        }
        return _failed(manner, ExitCode.ENVIRONMENT, sentence)
    except Exception as error:
        return _bug(manner, error)


def _check_working_folder() -> None:
    try:
        Path.cwd()
    except FileNotFoundError as error:
        raise UsageProblem(
            _("The folder that you are in no longer exists; change to another one first.")
        ) from error


def _bug(manner: Manner, error: Exception) -> int:
    sentence = _("Unexpected error (%(kind)s). Nothing is lost; please report it with what “-v” shows.") % {
        "kind": type(error).__name__
    }
    return _failed(manner, ExitCode.BUG, sentence)


def _failed(manner: Manner, code: ExitCode, sentence: str) -> int:
    if manner.verbose:
        traceback.print_exc(file=sys.stderr)
    log_failure(code)
    return _stopped(manner, code, sentence)


def _stopped(manner: Manner, code: ExitCode, sentence: str) -> int:
    click.echo(_("Error: %(sentence)s") % {"sentence": sentence}, err=True)
    return _told(manner, code, sentence)


def _told(manner: Manner, code: ExitCode, sentence: str) -> int:
    """Programs that asked for JSON get one object, whatever happens."""
    if manner.json:
        print_json({"schema": 1, "exit": int(code), "error": sentence})
    return int(code)


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise _Terminated
