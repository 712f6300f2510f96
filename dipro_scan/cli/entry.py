"""The one place that turns errors into exit codes."""

from __future__ import annotations

import errno
import json
import logging
import os
import signal
import sys
import traceback
from types import FrameType
from typing import NoReturn

import click

from dipro_scan.cli.language import choose_language
from dipro_scan.model.errors import DiproScanError, ExitCode
from dipro_scan.translation import _, os_reason, set_language

_UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}


class _Terminated(BaseException):
    """SIGTERM arrived: leave in order, as after Ctrl-C."""


def main() -> NoReturn:
    """The console script `dipro-scan`."""
    arguments = sys.argv[1:]
    set_language(choose_language(arguments, os.environ))
    signal.signal(signal.SIGTERM, _terminate)
    code = run_command_line(arguments)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def run_command_line(arguments: list[str]) -> int:
    """Runs one command line and gives its exit code; every error becomes one sentence."""
    from dipro_scan.cli.root import build_root

    verbose = any(argument in ("-v", "--verbose") for argument in arguments)
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if verbose else logging.ERROR,
        format="%(levelname)s %(name)s: %(message)s",
    )
    try:
        result = build_root().main(arguments, prog_name="dipro-scan", standalone_mode=False)
        return int(result or ExitCode.DONE)
    except click.ClickException as error:
        error.show()
        return _told(arguments, ExitCode.USAGE, error.format_message())
    except DiproScanError as error:
        return _failed(arguments, error.exit_code, str(error), verbose=verbose)
    except (KeyboardInterrupt, click.Abort):
        sentence = _("Interrupted. Nothing is lost; run the same command again to go on.")
        return _failed(arguments, ExitCode.INTERRUPTED, sentence, verbose=False)
    except _Terminated:
        sentence = _("Stopped. Nothing is lost; run the same command again to go on.")
        return _failed(arguments, ExitCode.TERMINATED, sentence, verbose=False)
    except BrokenPipeError:
        return ExitCode.DONE
    except OSError as error:
        if error.errno in _UNWRITABLE:
            sentence = _("%(path)s cannot be written (%(why)s). Nothing is lost.") % {
                "path": error.filename or _("A file"),
                "why": os_reason(error),
            }
            return _failed(arguments, ExitCode.UNWRITABLE, sentence, verbose=verbose)
        return _bug(arguments, error, verbose=verbose)
    except Exception as error:
        return _bug(arguments, error, verbose=verbose)


def _bug(arguments: list[str], error: Exception, *, verbose: bool) -> int:
    sentence = _("Unexpected error (%(kind)s). Nothing is lost; please report it with what “-v” shows.") % {
        "kind": type(error).__name__
    }
    return _failed(arguments, ExitCode.BUG, sentence, verbose=verbose)


def _failed(arguments: list[str], code: ExitCode, sentence: str, *, verbose: bool) -> int:
    if verbose:
        traceback.print_exc(file=sys.stderr)
    click.echo(_("Error: %(sentence)s") % {"sentence": sentence}, err=True)
    return _told(arguments, code, sentence)


def _told(arguments: list[str], code: ExitCode, sentence: str) -> int:
    """Programs that asked for JSON get one object, whatever happens."""
    if "--json" in arguments:
        click.echo(json.dumps({"schema": 1, "exit": int(code), "error": sentence}, ensure_ascii=False))
    return int(code)


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise _Terminated
