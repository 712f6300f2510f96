"""`dipro-scan watch`: inboxes to records, continuously."""

from __future__ import annotations

import json as json_text
import logging
import os
import sys
import traceback
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dipro_scan.cli.options import (
    Shared,
    command,
    jobs_option,
    pipeline_file,
    pipeline_option,
)
from dipro_scan.model.errors import DiproScanError, SettingsError
from dipro_scan.translation import _, number, os_reason

if TYPE_CHECKING:
    from dipro_scan.batch.result import RunResult
    from dipro_scan.cli.manner import Manner

log = logging.getLogger(__name__)


def build() -> click.Command:
    file = click.Path(dir_okay=False, path_type=Path)
    return command(
        "watch",
        watch,
        [
            click.Argument(
                ["inboxes"], nargs=-1, required=True, type=click.Path(path_type=Path), metavar="INBOX..."
            ),
            pipeline_option(),
            jobs_option(),
            click.Option(
                ["--consume"],
                is_flag=True,
                help=_("Take sources out of the inbox once all in them is on disk and verified."),
            ),
            click.Option(
                ["--settle-seconds"],
                type=click.FloatRange(0, 3600),
                metavar="SECONDS",
                help=_("How long a file must not have been touched to count as wholly written."),
            ),
            click.Option(
                ["--poll-seconds"],
                type=click.FloatRange(0.1, 86400),
                metavar="SECONDS",
                help=_("How often to look into the inboxes where nothing tells of changes."),
            ),
            click.Option(
                ["--health"], type=file, metavar="FILE", help=_("Keep a file that says how the watch stands.")
            ),
            click.Option(
                ["--metrics"], type=file, metavar="FILE", help=_("Keep a file of numbers for Prometheus.")
            ),
            click.Option(
                ["--json"],
                is_flag=True,
                help=_("Print one JSON object for each batch, a line each, on standard output."),
            ),
        ],
        _("Watches inboxes and carries on whatever comes, until it is stopped."),
    )


def watch(
    shared: Shared,
    inboxes: tuple[Path, ...],
    pipeline: str,
    jobs: int | None,
    json: bool,
    **options: object,
) -> int:
    from dipro_scan.batch.settling import Pace
    from dipro_scan.batch.watching import WatchRequest, watch_inboxes

    request = replace(
        WatchRequest(tuple(inbox.absolute() for inbox in inboxes), pipeline, pipeline_file(pipeline), jobs),
        **options,  # type: ignore[arg-type]
    )
    teller = _Teller(shared, click.get_current_context().obj, json=json)
    watch_inboxes(shared.store, request, teller, Pace())


class _Teller:
    """Prints what happens: results on standard output, what needs somebody on standard error."""

    def __init__(self, shared: Shared, manner: Manner, *, json: bool) -> None:
        self._shared = shared
        self._manner = manner
        self._json = json

    def ready(self) -> None:
        # From now on standard output holds one line of JSON a batch; an error at the start is one object.
        self._manner.json = False

    def batch(self, inbox: Path, result: RunResult) -> None:
        from dipro_scan.report.run import run_warning
        from dipro_scan.report.watch import batch_json, batch_line

        if self._json:
            _say(json_text.dumps(batch_json(inbox, result), ensure_ascii=False))
        elif not self._shared.quiet:
            _say(batch_line(inbox, result))
        elif warning := run_warning(result, goes_on=True):
            _say(warning, err=True)

    def trouble(self, inbox: Path, error: Exception, pause_seconds: float) -> None:
        if self._shared.verbose:
            traceback.print_exception(error, file=sys.stderr)
        sentence = (
            str(error)
            if isinstance(error, DiproScanError)
            else _("Unexpected error (%(kind)s). Nothing is lost; please report it with what “-v” shows.")
            % {"kind": type(error).__name__}
        )
        _say(
            _("%(inbox)s: %(sentence)s Tried again in %(seconds)s seconds.")
            % {"inbox": inbox, "sentence": sentence, "seconds": number(pause_seconds, 0)},
            err=True,
        )

    def settings(self, problem: SettingsError | None) -> None:
        if problem is not None:
            _say(
                _("The changed settings are wrong, those from before stay in force: %(sentence)s")
                % {"sentence": problem},
                err=True,
            )
        elif not self._shared.quiet:
            _say(_("The changed settings are in force."), err=True)

    def silence(self, error: Exception) -> None:
        _say(
            _("The system does not tell of changes (%(why)s); the inboxes are looked at in intervals.")
            % {"why": os_reason(error) if isinstance(error, OSError) else type(error).__name__},
            err=True,
        )

    def unwritten(self, path: Path, error: OSError) -> None:
        _say(
            _("%(path)s cannot be written (%(why)s); the watch goes on without it.")
            % {"path": path, "why": os_reason(error)},
            err=True,
        )


def _say(text: str, *, err: bool = False) -> None:
    """A line that is lost rather than that a watch ends for a full disk or a reader who went away."""
    try:
        click.echo(text.encode("utf-8", "backslashreplace").decode("utf-8"), err=err)
    except BrokenPipeError:
        stream = sys.stderr if err else sys.stdout
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except OSError as error:
        log.info("a line could not be printed: %s", type(error).__name__)
