"""Install the wheel under newer Pythons with the locked packages, and build what the running Python built: `make clients`."""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.clients
ROOT = Path(__file__).parents[2]
PIP = [sys.executable, "-m", "pip", "--quiet", "--no-input"]  # of the running Python, since Debian's Pythons have none
[QUERY] = re.findall(r"^```sql\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
MISSING = "Python {0} is not installed, so it was not tested: run `pyenv install {0}`, or, for 3.14 on Debian, `.ci/python3.14`"


def interpreter(version: str) -> str:
    """Return a Python that runs: the first of PATH, which may be a shim with nothing behind it, or one of pyenv's; else skip."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for found in [shutil.which(f"python{version}"), *root.glob(f"versions/{version}.*/bin/python{version}")]:
        if found and subprocess.run([found, "-c", "import venv"], capture_output=True).returncode == 0:
            return str(found)
    pytest.skip(MISSING.format(version))


def needed(version: str) -> set[str]:
    """Return the packages that `dyad` without extras needs under a Python."""
    seen: set[tuple[str, str]] = set()
    waiting = {("dyad", "")}
    while waiting - seen:
        name, extra = (waiting - seen).pop()
        seen.add((name, extra))
        target = {"python_version": version, "python_full_version": f"{version}.0", "extra": extra}
        packages = map(Requirement, metadata.requires(name) or [])
        applying = [package for package in packages if package.marker is None or package.marker.evaluate(target)]
        waiting |= {(canonicalize_name(package.name), extra) for package in applying for extra in ("", *package.extras)}
    return {name for name, _ in seen} - {"dyad"}


def locked(names: set[str]) -> str:
    """Return the entries of packages in the lock, with their hashes."""
    entries = re.findall(r"^(([\w.-]+).*(?:\n .*)*)", (ROOT / ".ci" / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    return "\n".join(entry for entry, name in entries if canonicalize_name(name) in names)


def contents(release: Path) -> dict[str, Any]:
    """Return the manifest of a release but for the digest of the database, whose bytes may differ."""
    found = json.loads((release / "manifest.json").read_text("utf-8"))
    del found["files"]["warehouse.duckdb"]
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel in a copy of the project."""
    folder = tmp_path_factory.mktemp("wheel")
    for room in ("pipelines", "schemas", "sources", "warehouse"):
        shutil.copytree(ROOT / room, folder / "project" / room, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("LICENSE", "pyproject.toml"):
        shutil.copy(ROOT / file, folder / "project")
    subprocess.run([*PIP, "wheel", "--no-deps", "--no-build-isolation", "-w", folder, folder / "project"], check=True)
    return next(folder.glob("*.whl"))


@pytest.mark.parametrize("version", ["3.12", "3.13", "3.14"])
def test_a_newer_python_builds_the_same_release(version: str, wheel: Path, home: Path, article: Path, tmp_path: Path) -> None:
    """The new home has the release that the shared home's current one follows."""
    subprocess.run([interpreter(version), "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    (tmp_path / "locked.txt").write_text(locked(needed(version)), "utf-8")
    install = [*PIP, "--python", tmp_path / "venv" / "bin" / "python", "install", "--no-compile"]
    subprocess.run([*install, "--require-hashes", "-r", tmp_path / "locked.txt"], check=True)
    subprocess.run([*install, "--no-deps", wheel], check=True)
    shutil.copytree(article.parent, tmp_path / "home" / "releases" / article.parent.name)
    (tmp_path / "home" / "current").symlink_to(Path("releases", article.parent.name))
    env = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "DYAD_HOME": str(tmp_path / "home")}

    def dyad(*arguments: str) -> str:
        done = subprocess.run([tmp_path / "venv" / "bin" / "dyad", *arguments], env=env, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, f"dyad {arguments[0]}: {done.stdout}{done.stderr}"
        return done.stdout

    assert dyad("--version") == f"dyad {metadata.version('dyad')}\n"
    assert "published " in dyad("refresh")
    assert contents(tmp_path / "home" / "current") == contents(home / "current")
    assert "match their SHA-256" in dyad("verify")
    assert "2025" in dyad("sql", QUERY)
    assert "holds under a named rule" in dyad("claims", "C07")
