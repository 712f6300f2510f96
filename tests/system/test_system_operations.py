"""What docs/operations ships, tried: units, cron's line, logrotate, tmpfiles."""

from __future__ import annotations

import getpass
import grp
import os
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from system_office import COMMAND, Office, command_environment, draw_page, write_pipeline

UNITS = Path(__file__).parents[2] / "docs" / "operations" / "units"
PROGRAM = "/opt/dipro-scan/bin"


def _tool(name: str) -> str:
    """The path of a program of the operating system; absent it is a failure in CI, a skip on a desk."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is not installed; in CI this is a failure")
        pytest.skip(f"{name} is not installed")
    return found


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    tool = _tool("systemd-analyze")
    units = []
    for unit in sorted(UNITS.iterdir()):
        if unit.suffix in (".service", ".timer", ".mount"):
            text = unit.read_text(encoding="utf-8").replace(f"{PROGRAM}/dipro-scan", "/bin/true")
            units.append(tmp_path / unit.name)
            units[-1].write_text(text, encoding="utf-8")
    assert len(units) == 4
    done = subprocess.run(
        [tool, "verify", "--man=no", *map(str, units)], capture_output=True, text=True, check=False
    )
    # Units of the machine that are not ours may be found wrong too.
    ours = [line for line in done.stderr.splitlines() if any(unit.name in line for unit in units)]
    assert ours == []
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("unit", ["dipro-scan-watch.service", "dipro-scan-run.service"])
def test_a_unit_starts_a_command_line_that_is_understood(unit: str, office: Office) -> None:
    text = (UNITS / unit).read_text(encoding="utf-8").replace("\\\n", " ")
    match = re.search(rf"^ExecStart={PROGRAM}/dipro-scan (.*)$", text, re.MULTILINE)
    assert match
    places = {"/srv/scan/eingang": office.inbox.parent / "missing", "/srv/dipro-scan/akten": office.records}
    done = office.command(*_moved(shlex.split(match.group(1)), places, office), "--json")
    # Understood as far as the inbox, which is not there.
    assert done.code == 2
    assert "missing" in done.json["error"]
    success = re.search(r"^SuccessExitStatus=(.*)$", text, re.MULTILINE)
    assert success and {"3", "4"} <= set(success.group(1).split())


def _moved(words: list[str], places: Mapping[str, Path], office: Office) -> list[str]:
    """The arguments with the folders of a test in the place of those of a server."""
    base = office.inbox.parent
    for folder in ("lib", "log", "run"):
        (base / folder).mkdir(exist_ok=True)
    rest = {"/var/lib/dipro-scan": base / "lib", "/var/log/dipro-scan": base / "log"}
    moved = []
    for word in words:
        for old, new in {**places, **rest, "/run/dipro-scan": base / "run"}.items():
            word = word.replace(old, str(new))
        moved.append(word)
    return moved


def _cron_line(office: Office) -> tuple[str, dict[str, str]]:
    """The shipped crontab's command and environment, with the folders of a test in it."""
    base = office.inbox.parent
    (base / "log").mkdir(exist_ok=True)
    text = (UNITS / "crontab").read_text(encoding="utf-8")
    for old, new in (
        ("/srv/scan/eingang", office.inbox),
        ("/srv/dipro-scan/akten", office.records),
        ("/var/lib/dipro-scan", base / "state"),
        ("/var/log/dipro-scan", base / "log"),
        (PROGRAM, COMMAND.parent),
    ):
        text = text.replace(old, str(new))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    environment = dict(line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))
    jobs = [line for line in lines if not re.match(r"[A-Z_]+=", line)]
    assert len(jobs) == 1
    when, user, command = re.match(r"((?:\S+\s+){5})(\S+)\s+(.*)", jobs[0]).groups()  # type: ignore[union-attr]
    assert when.split() == ["0", "2", "*", "*", "*"]
    assert user == "dipro-scan"
    return command, environment


def test_crons_line_is_silent_unless_somebody_has_to_do_something(office: Office) -> None:
    command, environment = _cron_line(office)
    write_pipeline(office.pipelines, "posteingang", {})
    environment |= {
        "DIPRO_SCAN_PIPELINES": str(office.pipelines),
        "DIPRO_SCAN_RUN_SETTLE_SECONDS": "0",
        "HOME": str(office.inbox.parent),
    }
    assert environment["MAILTO"]

    def run() -> subprocess.CompletedProcess[str]:
        # As cron does it: this shell, this environment and no other, nothing to read from.
        return subprocess.run(
            [environment["SHELL"], "-c", command],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    draw_page(office.inbox / "1.png", 1)
    quiet = run()
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    assert len(office.filed()) == 1
    assert not any(office.inbox.iterdir())
    (office.inbox / "kaputt.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    told = run()
    assert told.returncode == 4
    assert told.stdout == ""
    assert "kaputt.png" in told.stderr
    assert "kaputt" not in (office.inbox.parent / "log" / "run.log").read_text(encoding="utf-8")


def test_logrotate_turns_the_log_of_a_watch_and_no_line_is_lost(office: Office, tmp_path: Path) -> None:
    tool = _tool("logrotate")
    logs = tmp_path / "log"
    logs.mkdir(mode=0o755)
    group = grp.getgrgid(os.getgid()).gr_name
    settings = tmp_path / "logrotate"
    text = (UNITS / "logrotate").read_text(encoding="utf-8")
    text = text.replace("/var/log/dipro-scan", str(logs))
    settings.write_text(text.replace("su dipro-scan dipro-scan", f"su {getpass.getuser()} {group}"))
    settings.chmod(0o644)
    write_pipeline(office.pipelines, "recorded", {}, inbox={"settle_seconds": 0, "poll_seconds": 0.3})
    command = [
        COMMAND,
        "watch",
        office.inbox,
        "--pipeline",
        "recorded",
        "--jobs",
        "1",
        "--consume",
        "--quiet",
    ]
    command += ["--log", logs / "watch.log", *office.shared]
    process = subprocess.Popen(list(map(str, command)), env=command_environment())
    try:
        for number in range(3):
            draw_page(office.inbox / f"{number}.png", number)
            _until(process, lambda expected=number + 1: len(office.filed()) == expected)
            _until(process, lambda: not any(office.inbox.iterdir()))
            _until(process, lambda: _lines(logs, "batch_done") == number + 1)  # noqa: B023
            done = subprocess.run(
                [tool, "--force", "--state", str(tmp_path / "state"), str(settings)],
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
    finally:
        process.terminate()
        assert process.wait(timeout=60) == 143
    assert len(list(logs.iterdir())) >= 3


def _lines(logs: Path, event: str) -> int:
    """How many lines of that event all logs hold, compressed ones too."""
    found = 0
    for path in logs.iterdir():
        show = ["gzip", "-dc"] if path.suffix == ".gz" else ["cat"]
        text = subprocess.run([*show, str(path)], capture_output=True, text=True, check=True).stdout
        found += sum(f'"{event}"' in line for line in text.splitlines())
    return found


def _until(process: subprocess.Popen[bytes], what: object) -> None:
    end = time.monotonic() + 90
    while not what():  # type: ignore[operator]
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)


def test_tmpfiles_makes_the_folders(tmp_path: Path) -> None:
    tool = _tool("systemd-tmpfiles")
    group = grp.getgrgid(os.getgid()).gr_name
    text = (UNITS / "tmpfiles.conf").read_text(encoding="utf-8")
    settings = tmp_path / "tmpfiles.conf"
    settings.write_text(text.replace("dipro-scan dipro-scan -", f"{getpass.getuser()} {group} -"))
    root = tmp_path / "root"
    root.mkdir()
    if os.getuid() == 0:
        shutil.copytree(
            "/etc",
            root / "etc",
            symlinks=True,
            ignore=lambda folder, names: [
                name for name in names if folder != "/etc" or name not in ("passwd", "group")
            ],
        )
    done = subprocess.run(
        [tool, "--create", f"--root={root}", str(settings)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    modes = {name: (root / name).stat().st_mode & 0o777 for name in ("run/dipro-scan", "var/lib/dipro-scan")}
    assert modes == {"run/dipro-scan": 0o755, "var/lib/dipro-scan": 0o700}
