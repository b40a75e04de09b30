"""Test that a site is whole at every moment, gets only what is new and loses nothing."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli.main import main
from schemas.errors import Unusable
from tests.warehouse.site.conftest import URL
from warehouse.release import verify
from warehouse.site.publish import publish

ROOT = Path(__file__).parents[3]


def state(folder: Path) -> dict[str, tuple[int, int]]:
    """Return the inode and the time of each file of a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns) for path in files}


def linked(folder: Path, target: Path) -> Path:
    """Copy a folder by hard links, with its symbolic links."""
    return Path(shutil.copytree(folder, target, symlinks=True, copy_function=os.link))


@pytest.fixture
def own_site(site: Path, tmp_path: Path) -> Path:
    return linked(site, tmp_path / "site")


@pytest.fixture
def early(home: Path, tmp_path: Path) -> Path:
    """Return a home with the first release of the shared home alone."""
    release = next((home / "releases").glob("2024-12-12-*"))
    linked(release, tmp_path / "early" / "releases" / release.name)
    (tmp_path / "early" / "current").symlink_to(Path("releases") / release.name)
    return tmp_path / "early"


def test_every_release_matches_its_own_manifest_and_leads_back_to_the_home_s(site: Path, home: Path) -> None:
    for folder in (site / "releases").iterdir():
        assert verify.damage(folder) == []
        assert (folder / "rebuild.json").read_bytes() == (home / "releases" / folder.name / "manifest.json").read_bytes()
    assert not (site / ".building").exists()


def test_a_folder_that_cannot_be_written_is_named(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(Unusable, match=rf"{tmp_path}/site cannot be written \(Read-only file system\): make it writable, or give another"):
        next(publish(home, tmp_path / "site", URL))


def test_latest_names_the_current_release(site: Path, home: Path) -> None:
    latest = json.loads((site / "latest.json").read_text("utf-8"))
    assert latest["release"] == (home / "current").resolve().name
    for name in ("database", "manifest"):
        assert (site / latest[name].removeprefix(URL)).is_file()


def test_a_second_publish_writes_nothing(own_site: Path, home: Path) -> None:
    before = state(own_site)
    assert list(publish(home, own_site)) == []
    assert state(own_site) == before


def test_only_what_is_new_is_written_and_what_the_home_pruned_stays(early: Path, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    [line] = publish(early, folder, URL)
    first = state(folder / "releases")
    assert list(publish(home, folder)) == [f"published {(home / 'current').resolve().name}"]
    assert first.items() <= state(folder / "releases").items()
    assert list(publish(early, folder)) == []
    assert len(list((folder / "releases").iterdir())) == 2 and (folder / "feed.xml").read_text("utf-8").count("<entry>") == 2
    assert json.loads((folder / "latest.json").read_text("utf-8"))["release"] == line.split()[-1]


def test_the_command_prints_what_it_published(own_site: Path, home: Path) -> None:
    name = (home / "current").resolve().name
    shutil.rmtree(own_site / "releases" / name)
    result = CliRunner().invoke(main, ["publish", str(own_site)])
    assert (result.exit_code, result.output) == (0, f"published {name}\n{own_site}: published; the current release is {name}\n")


# bad input


def refusal(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["publish", *arguments])
    assert result.exit_code == 1 and result.output.count("\n") == 1, result.output
    return result.output


@pytest.mark.usefixtures("home")
def test_a_folder_of_something_else_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("mine")
    assert "is not a site of dyad, it contains thesis.docx: give a new or empty folder" in refusal(str(tmp_path), "--url", URL)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]
    assert "is a file: give a folder" in refusal(str(tmp_path / "thesis.docx"), "--url", URL)


@pytest.mark.parametrize(
    "url", ["data.example.org", "ftp://a.org/", "https://", "https://a.org/?x=1", "https://a.org/#x", "https://a.org/a b"]
)
@pytest.mark.usefixtures("home")
def test_what_is_no_address_is_refused(url: str, tmp_path: Path) -> None:
    assert "is not the address of a folder: give one such as" in refusal(str(tmp_path / "new"), "--url", url)
    assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("home")
def test_a_new_site_needs_an_address_and_keeps_it(own_site: Path, tmp_path: Path) -> None:
    assert "is a new site: give its address with --url" in refusal(str(tmp_path / "new"))
    assert f"published for {URL}, an address that its releases contain" in refusal(str(own_site), "--url", "https://other.example.org")
    (own_site / "site.json").unlink()  # the hard link of another site
    (own_site / "site.json").write_text("[]")
    assert "site.json: damaged; restore it" in refusal(str(own_site))


def test_a_home_without_a_current_release_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    with pytest.raises(Unusable, match="no release in .*: run `dyad refresh` first"):
        list(publish(tmp_path / "home", tmp_path / "new", URL))
    assert not (tmp_path / "new").exists()


def test_a_release_of_another_version_is_left_out(early: Path, own_site: Path, home: Path, tmp_path: Path) -> None:
    [folder] = (early / "releases").iterdir()
    about = json.loads((folder / "manifest.json").read_text("utf-8"))
    (folder / "manifest.json").unlink()
    (folder / "manifest.json").write_text(json.dumps(about | {"made_by": "another version"}))
    with pytest.raises(Unusable, match="another version of the project built the current release"):
        list(publish(early, tmp_path / "new", URL))
    assert not (tmp_path / "new").exists()
    assert list(publish(early, own_site)) == [], "the site has it"
    current = (home / "current").resolve()
    linked(current, early / "releases" / current.name)
    (early / "current").unlink()
    (early / "current").symlink_to(current)
    lines = sorted(publish(early, tmp_path / "new", URL))
    assert lines[0].startswith(f"left out {folder.name}, which another version of the project built") and len(lines) == 2


def test_a_damaged_release_is_not_published(early: Path, own_site: Path) -> None:
    [folder] = (early / "releases").iterdir()
    shutil.rmtree(own_site / "releases" / folder.name)
    claims = (folder / "claims.md").read_bytes()
    (folder / "claims.md").unlink()
    (folder / "claims.md").write_bytes(claims.replace(b"1", b"2", 1))
    before = state(own_site)
    with pytest.raises(Unusable, match=r"claims.md: damaged, so this release was not added to the site"):
        list(publish(early, own_site))
    assert {name: at for name, at in state(own_site).items() if not name.startswith(".building/")} == before


def test_a_release_is_copied_without_the_lock_of_the_releases(
    early: Path, own_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rollback does not wait, and a prune may remove the release."""
    [folder] = (early / "releases").iterdir()
    shutil.rmtree(own_site / "releases" / folder.name)
    before, copy = state(own_site), shutil.copyfile

    def pruned(source: Path, target: Path) -> None:
        handle = os.open(early / "releases", os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(handle)
        folder.rename(tmp_path / "trash")
        copy(source, target)

    monkeypatch.setattr(shutil, "copyfile", pruned)
    with pytest.raises(Unusable, match="missing, so this release was not added to the site; if a prune removed the release, publish again"):
        list(publish(early, own_site))
    assert {name: at for name, at in state(own_site).items() if not name.startswith(".building/")} == before


def test_two_publishes_at_once_are_refused(own_site: Path, home: Path) -> None:
    handle = os.open(own_site, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        with pytest.raises(Unusable, match="another publish is writing to"):
            list(publish(home, own_site))
    finally:
        os.close(handle)


# killed


@pytest.mark.campaign
def test_a_publish_killed_at_any_call_leaves_a_whole_site_and_the_next_completes_it(home: Path, early: Path, tmp_path: Path) -> None:
    """In a process of its own: hooks on system calls cannot be taken off again."""
    program = (
        "import pathlib, sys; from tests.campaigns import kill as h\n"
        "print(h.sites(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), step=9, seed=2))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(early), str(tmp_path / "sites")],
        cwd=ROOT, env=os.environ | {"DYAD_HOME": str(early)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split()[-1]) >= 6
