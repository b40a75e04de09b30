"""What is kept of the bulk models is what they compile to, is used without Pandera, and is never trusted beyond its code."""

import importlib.metadata
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from schemas import world
from schemas.compile import world_rules

ROOT = Path(__file__).parents[3]
SAY = """
import sys
from schemas import bulk_rules
made = bulk_rules.of_source("baci")
print(made)
print("pandera" in sys.modules, "pandas" in sys.modules)
"""


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Where the rules are kept, in a folder of this test's own."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return Path(importlib.util.cache_from_source(str(ROOT / "schemas" / "bulk.py"))).with_suffix(".json")


@pytest.mark.parametrize("source", list(world.MODELS))
def test_what_is_kept_is_what_the_models_compile_to(kept, source, monkeypatch):
    kept.parent.mkdir(parents=True)
    compiled = world.COMPILED[source]
    assert world_rules.of_source(source) == compiled and world_rules.comments() == world.COMMENTS
    assert [p.name for p in kept.parent.iterdir()] == [kept.name]
    told = world.COMMENTS
    monkeypatch.setattr(world, "COMPILED", {})  # from here only what is kept can answer
    monkeypatch.setattr(world, "COMMENTS", {})
    assert world_rules.of_source(source) == compiled and world_rules.comments() == told


def damaged(kept):
    kept.write_text("{", "utf-8")


def of_other_code(kept):
    held = json.loads(kept.read_text("utf-8"))
    held["stamp"] = "of other code"
    held["models"]["baci"][1] = []  # would hold members to nothing
    kept.write_text(json.dumps(held), "utf-8")


def of_another_shape(kept):
    held = json.loads(kept.read_text("utf-8"))
    held["models"]["baci"] = [[1]]
    kept.write_text(json.dumps(held), "utf-8")


@pytest.mark.parametrize("spoil", [damaged, of_other_code, of_another_shape, Path.unlink])
def test_what_is_kept_and_not_of_this_code_is_made_again(kept, spoil):
    kept.parent.mkdir(parents=True)
    world_rules.of_source("baci")
    honest = kept.read_bytes()
    spoil(kept)
    assert world_rules.of_source("baci") == world.COMPILED["baci"]
    assert kept.read_bytes() == honest


def test_what_cannot_be_written_leaves_nothing(kept, monkeypatch):
    kept.parent.mkdir(parents=True)
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("no space")))
    assert world_rules.of_source("baci") == world.COMPILED["baci"]
    assert list(kept.parent.iterdir()) == []


def test_without_bytecode_nothing_is_kept(kept, monkeypatch):
    kept.parent.mkdir(parents=True)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert world_rules.of_source("baci") == world.COMPILED["baci"]
    assert list(kept.parent.iterdir()) == []


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of the package, by which the stamp goes."""
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(world_rules, "__file__", str(tmp_path / "schemas" / "bulk_rules.py"))
    return tmp_path / "schemas"


def test_the_stamp_is_of_every_file_and_of_panderas_version(package, monkeypatch):
    stamps = [world_rules._stamp()]
    (package / ".#bulk.py").symlink_to("nowhere")  # an editor's lock
    assert world_rules._stamp() == stamps[0] == world_rules.STAMP
    for path in sorted(package.glob("[a-z_]*.py")):
        path.write_text(path.read_text("utf-8") + "#", "utf-8")
        stamps.append(world_rules._stamp())
    monkeypatch.setattr(importlib.metadata, "version", lambda name: f"{name} 0")
    stamps.append(world_rules._stamp())
    assert len(set(stamps)) == len(stamps) > 12


def test_a_process_neither_keeps_nor_reads_rules_of_files_that_changed_under_it(package, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    kept = Path(importlib.util.cache_from_source(str(package / "bulk.py"))).with_suffix(".json")
    kept.parent.mkdir(parents=True)
    with (package / "bulk.py").open("a", encoding="utf-8") as code:
        code.write("# changed")
    assert world_rules.of_source("baci") == world.COMPILED["baci"]
    assert not kept.exists()
    kept.write_text(json.dumps({"stamp": world_rules._stamp(), "models": {"baci": ["Baci", [], [], [], True, False]}}), "utf-8")
    assert world_rules.of_source("baci") == world.COMPILED["baci"]


def test_where_nothing_can_be_kept_the_models_are_compiled(kept):
    assert world_rules.of_source("baci") == world.COMPILED["baci"]  # the folder is not there
    assert not kept.exists()


def test_a_second_process_needs_neither_pandas_nor_pandera(tmp_path):
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas", ignore=shutil.ignore_patterns("__pycache__"))
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    said = [
        subprocess.run([sys.executable, "-c", SAY], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True).stdout
        for _ in range(2)
    ]
    rules, imported = zip(*(text.splitlines() for text in said), strict=True)
    assert "1988" in rules[0] and rules[0] == rules[1]
    assert imported == ("True True", "False False")
