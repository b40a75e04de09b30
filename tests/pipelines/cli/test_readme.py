"""Run the README's commands of `dyad` as they are written, in the order of the README, on a published release."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text("utf-8")
LINES = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]
IN_TEXT = re.findall(r"`(\.venv/bin/dyad (?:claims|status|doctor))`", README)
COMMANDS = [line for line in [*LINES, *IN_TEXT] if line.startswith(".venv/bin/dyad ")]


def test_the_readme_has_commands() -> None:
    assert len(COMMANDS) >= 5


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_runs(command: str, home: Path) -> None:
    program, *words = shlex.split(command)
    done = subprocess.run(
        [Path(sys.executable).parent / Path(program).name, *words],
        cwd=ROOT, env=os.environ | {"DYAD_HOME": str(home)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0 and done.stdout, done.stderr
