"""Type the READMEs into a shell: each command and query in them runs as written, those of README.md in a fresh clone.

`.ci/run` does so with the first block of README.md, `make refresh` and `make test`, in a fresh clone. `tests/pipelines/test_team.py` runs
the blocks of a team's server, `tests/test_docs.py` the SQL of every README.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
import pytest_socket

from tests.support import baci
from tests.support import publishers as played
from tests.test_docs import BLOCKS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PIECES = re.findall(r"^```(sh|sql)\n(.*?)^```$|`((?:\.venv/bin/dyad|make)(?: [a-z]+)?)`", README, re.MULTILINE | re.DOTALL)
OTHER_GUIDES = sorted({name for name, language, _ in BLOCKS if language == "sh"} - {"README.md", "pipelines/team/README.md"})
UNRUN = {  # by a part of a command: why it is only parsed
    "aws s3": "needs a bucket",
    "make serve": "does not end; tests/pipelines/test_open_lineage.py sends the lineage",
    "pip install 'pyspark": "downloads; `make spark` installs it",
    "--engine spark": "needs pyspark; `make spark` compares the engines",
}
ELSEWHERE = {"make test": ".ci/run", "make serve": "tests/pipelines/test_serve.py"}  # takes minutes, or does not end
PATIENCE = 600  # seconds for a refresh on a busy machine


def commands() -> Iterator[tuple[str, str]]:
    """Yield each command of the README with the query that is typed at its prompt."""
    for language, block, in_text in PIECES:
        if language == "sql":
            yield "make sql", block
        else:
            yield from ((line, "select 1;") for line in (block.splitlines() if block else [in_text]) if line not in ELSEWHERE)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a clone of the last commit, with the environment of the tests: to install another one takes minutes, and `.ci/run` does it."""
    folder = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    (folder / ".venv").symlink_to(sys.prefix)
    for file in (".ci/requirements.txt", "pyproject.toml"):
        os.utime(folder / file, (0, 0))  # older than the environment, which make would install anew
    return folder


@pytest.fixture
def shell(home: Path, clone: Path, tmp_path: Path) -> Iterator[pexpect.spawn]:
    """Yield a shell in a clone of the project, with publishers on loopback and a copy of the shared home."""
    shutil.copytree(home, tmp_path / "home", symlinks=True)
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    env = {name: value for name, value in os.environ.items() if name not in ("ARGS", "MAKEFLAGS", "MAKELEVEL", "DAGSTER_HOME")}
    env |= {"DYAD_HOME": str(tmp_path / "home"), "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", "PAGER": "cat", "PS1": "$ "}
    env["PYTHONPATH"] = str(clone)  # before the checkout, which the environment has
    with played.Publishers() as publishers:
        env |= publishers.environment()
        bash = pexpect.spawn("bash", ["--norc"], cwd=clone, env=env, dimensions=(50, 160), encoding="utf-8", timeout=PATIENCE, echo=False)
        yield bash
        bash.close(force=True)


@pytest.mark.campaign
def test_the_readme_runs_from_top_to_bottom(shell: pexpect.spawn) -> None:
    typed = list(commands())
    assert len(typed) >= 12 and [command for command, _ in typed].count("make sql") == 2
    for number, (command, query) in enumerate(typed):
        if "--live" in command:  # in a home of its own, since what the simulated publishers lack would be refused as lost
            command = f"DYAD_HOME=$DYAD_HOME-{number} {command}"
        shell.sendline(f"{command}; echo ended with $?.")
        if command == "make sql":
            shell.expect("Ctrl-D ends.*dyad>")
            shell.send(query.strip().replace("\n", "\r") + "\r")
            shell.expect(r"\n *2025 +CHN +RUS " if "bilateral_trade" in query else r"\n *1\r")
            shell.expect(r"dyad>.*\x1b\[\?25h")  # the next prompt is drawn
            shell.send("exit\r")
        shell.expect(r"ended with (\d+)\.")
        assert shell.match[1] == "0", f"{command}\n{shell.before[-2000:]}"


@pytest.fixture
def checkout(home: Path, tmp_path: Path) -> Path:
    """Return a folder in which the project's paths lead to the environment of the tests, a copy of the shared home and an archive."""
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    shutil.copytree(home, tmp_path / "data", symlinks=True)
    baci.write(tmp_path / "BACI_HS92_V202601.zip", 20_000, range(2015, 2025))
    return tmp_path


@pytest.mark.campaign
@pytest.mark.parametrize("guide", OTHER_GUIDES)
def test_the_blocks_of_another_guide_run(guide: str, checkout: Path) -> None:
    blocks = [block for name, language, block in BLOCKS if (name, language) == (guide, "sh")]
    subprocess.run(["bash", "-n"], input="".join(blocks), text=True, check=True)
    run = [line for block in blocks for line in block.splitlines() if not any(part in line for part in UNRUN)]
    env = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"} | {"DYAD_HOME": str(checkout / "data")}
    for line in run:
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", line], cwd=checkout, env=env, capture_output=True, text=True)
        assert done.returncode == 0 and done.stdout, f"{line}\n{done.stdout[-500:]}{done.stderr[-2000:]}"
