"""Simulate `systemctl` for `tests.support.machine`: start and stop units, since systemd itself needs a whole machine.

A unit's processes are found by a variable in their environment, as systemd finds them by their control group. No limit of the unit applies,
and its user is the test's.
"""

import configparser
import contextlib
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

MARK = "TEAM_UNIT"  # environment variable: the folder of the server and the unit
PATIENCE = 90  # seconds; systemd's default


def processes(folder: Path, unit: str) -> list[int]:
    """Return the processes of a unit."""
    mark, found = f"{MARK}={folder}/{unit}\0".encode(), []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (process / "environ").read_bytes() and " Z " not in (process / "stat").read_text("utf-8"):
                found.append(int(process.name))
    return found


def start(folder: Path, unit: str) -> None:
    """Run the command of a unit `<name>@<instance>` in its folder and environment."""
    name, _, instance = unit.partition("@")
    text = (folder / "etc" / "systemd" / "system" / f"{name}@.service").read_text("utf-8").replace("%i", instance)
    service = configparser.ConfigParser(interpolation=None)
    service.optionxform = str  # type: ignore[assignment,method-assign]
    service.read_string(text)
    settings = service["Service"]
    lines = [line for line in Path(settings["EnvironmentFile"]).read_text("utf-8").splitlines() if line and line[0] != "#"]
    given = dict(line.split("=", 1) for line in [*lines, *shlex.split(settings["Environment"])])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DYAD_", "DAGSTER_"))}
    with (folder / f"{unit}.log").open("ab") as log:
        subprocess.Popen(
            shlex.split(settings["ExecStart"]), cwd=settings["WorkingDirectory"], env=kept | given | {MARK: f"{folder}/{unit}"},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


def stop(folder: Path, unit: str, first: signal.Signals = signal.SIGTERM) -> None:
    """Send a signal to all processes of a unit, and kill those that remain."""
    for sent, patience in ((first, PATIENCE), (signal.SIGKILL, PATIENCE)):
        for process in processes(folder, unit):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, sent)
        end = time.monotonic() + patience
        while processes(folder, unit):
            if time.monotonic() > end:
                break
            time.sleep(0.2)


def main(folder: Path, verb: str, units: list[str]) -> None:
    """Do what `systemctl` does for the verbs of the README."""
    if (verb, units) == ("reload", ["nginx"]):
        subprocess.run(["nginx", "-s", "reload"], check=True)
        return
    assert verb in ("enable", "restart"), verb
    for unit in units:
        if unit != "--now":
            stop(folder, unit)
            start(folder, unit)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
