"""Simulate a team's server in a folder: its paths, ports, users and services; Postgres, nginx and the workers are real processes."""

import grp
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support import units

ROOT = Path(__file__).parents[2]
TEAM = Path("pipelines", "team")
README = (ROOT / TEAM / "README.md").read_text("utf-8")
PACKAGES = {  # one program of each
    "postgresql": "initdb", "nginx": "nginx", "curl": "curl", "openssl": "openssl", "systemd": "systemd-analyze",
}  # fmt: skip
PATH = os.pathsep.join([*map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"))), os.environ["PATH"], "/usr/sbin"])
COPIED = ("pipelines", "sources", "schemas", "warehouse", ".ci", "Makefile", "pyproject.toml")
WORKERS = ("dyad@1", "dyad@2")
SECRET = "s3cret-word"  # noqa: S105 -- in the address of the test's database
NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; {user}
events {{}}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/etc/nginx/sites-enabled/*;
}}
"""
COMMANDS = {  # substitutes, by name, for commands that change the machine or need paths in the folder
    "adduser": "true",
    "apt-get": 'shift 3; exec dpkg --status "$@"',
    "nginx": 'exec {nginx} -c {folder}/nginx.conf -p {folder} "$@"',
    "runuser": '[ "$2" = postgres ] && export PGUSER=postgres PGHOST={folder}/socket; shift 3; exec "$@"',
    "systemctl": 'cd {root} && exec {python} -m tests.support.units {folder} "$@"',
}


def missing_packages() -> list[str]:
    """Return the packages whose programs are not installed."""
    return [package for package, program in PACKAGES.items() if not shutil.which(program, path=PATH)]


def free_digits(count: int) -> list[str]:
    """Return port numbers without their last digit, such that the ports with the last digits 1 and 2 are free."""
    found: list[str] = []
    for start in map(str, range(2000, 3200, 7)):
        try:
            for last in "12":
                socket.create_server(("127.0.0.1", int(start + last))).close()
            found.append(start)
        except OSError:
            continue
        if len(found) == count:
            break
    return found


class Machine:
    """A folder with a checkout, `etc/`, `var/`, a running Postgres and a running nginx; use it as a context."""

    def __init__(self, data: Path) -> None:
        """Copy the checkout, with the home `data` in it, and rewrite the paths and ports in the files of `pipelines/team`."""
        self.folder = Path(tempfile.mkdtemp(prefix="team-", dir="/tmp"))  # noqa: S108 -- the path of a socket must be short
        self.folder.chmod(0o755)
        self._is_root = os.getuid() == 0
        ui, pages, proxy = free_digits(3)
        self.ui, self.pages, self.https = [int(f"{ui}{n}") for n in "12"], [int(f"{pages}{n}") for n in "12"], int(f"{proxy}1")
        group = grp.getgrgid(os.getgid()).gr_name
        self._places = {
            "/srv/dyad": f"{self.folder}/checkout", "/var/lib/dyad": f"{self.folder}/var", "/etc/": f"{self.folder}/etc/",
            "/var/run/postgresql": f"{self.folder}/socket", "dyad@/dyad": f"dyad:{SECRET}@/dyad", "-g dyad": f"-g {group}",
            "-g www-data": f"-g {group}", "listen 443": f"listen 127.0.0.1:{self.https}", "$NAME:443:": f"$NAME:{self.https}:",
            "https://$NAME/": f"https://$NAME:{self.https}/", "310%i": f"{ui}%i", "320%i": f"{pages}%i", "127.0.0.1:310": f"127.0.0.1:{ui}",
            "127.0.0.1:320": f"127.0.0.1:{pages}", "DYAD_SCHEDULES=on": "DYAD_SCHEDULES=off",  # publishers must not be asked
        }  # fmt: skip
        self._copy(data)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DYAD_", "DAGSTER_", "PYTEST_", "PYTHON"))}
        self.environment = kept | {"PATH": f"{self.folder}/bin{os.pathsep}{PATH}", "DAGSTER_DISABLE_TELEMETRY": "yes"}

    def _copy(self, data: Path) -> None:
        checkout = self.folder / "checkout"
        checkout.mkdir()
        for name in COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            copy(ROOT / name, checkout / name)
        (checkout / ".venv").symlink_to(ROOT / ".venv")
        for file in (checkout / "pyproject.toml", checkout / ".ci" / "requirements.txt"):
            os.utime(file, (0, 0))  # else `make` might install this copy into the environment of the tests
        shutil.copytree(data, checkout / "data", symlinks=True)
        for file in (checkout / TEAM).iterdir():
            if file.is_file() and file.suffix != ".py":
                file.write_text(self.moved(file.read_text("utf-8")), "utf-8")
        for place in ("bin", "socket", "var", "database", "etc/nginx/sites-enabled", "etc/systemd/system"):
            (self.folder / place).mkdir(parents=True)
        commands = {"folder": self.folder, "nginx": shutil.which("nginx", path=PATH), "root": ROOT, "python": sys.executable}
        for name, command in COMMANDS.items():
            file = self.folder / "bin" / name
            file.write_text(f"#!/bin/sh\n{command.format(**commands)}\n", "utf-8")
            file.chmod(0o755)

    def moved(self, text: str) -> str:
        """Return a text with the paths and ports of this machine."""
        return re.sub("|".join(map(re.escape, self._places)), lambda match: self._places[match[0]], text)

    @property
    def home(self) -> Path:
        """Return the home of the workers."""
        return self.folder / "var" / "home"

    def __enter__(self) -> "Machine":
        """Start Postgres and nginx."""
        if self._is_root:  # as whom Postgres refuses to run
            for place in ("socket", "database"):
                shutil.chown(self.folder / place, "postgres", "postgres")
        self._postgres("initdb", "--username=postgres", "--auth=trust", "--no-sync")
        self._postgres("pg_ctl", "-w", "-l", f"{self.folder}/database/log", "-o", f"-c listen_addresses= -k {self.folder}/socket", "start")
        (self.folder / "nginx.conf").write_text(NGINX.format(folder=self.folder, user="user root;" if self._is_root else ""), "utf-8")
        self._nginx = subprocess.Popen([self.folder / "bin" / "nginx"], env=self.environment)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop every process, and remove the folder."""
        for unit in WORKERS:
            units.stop(self.folder, unit, signal.SIGKILL)
        self._nginx.terminate()
        self._nginx.wait(30)
        self._postgres("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(self.folder)

    def _postgres(self, program: str, *arguments: str) -> None:
        command = [str(shutil.which(program, path=PATH)), "-D", f"{self.folder}/database/data", *arguments]
        user = "postgres" if self._is_root else None
        subprocess.run(command, user=user, group=user, cwd="/", check=True, stdout=subprocess.DEVNULL)

    def follow_the_readme(self, typed: str, patience: float) -> subprocess.CompletedProcess[str]:
        """Run the lines of the README's blocks as one script, with what a person types."""
        blocks = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
        script = self.folder / "readme.sh"
        script.write_text(self.moved("".join(blocks)), "utf-8")
        with (self.folder / "readme.log").open("w+", encoding="utf-8") as log:  # no pipe, which the workers would keep open
            command = ["bash", "-euxo", "pipefail", script]
            done = subprocess.run(command, input=typed, text=True, env=self.environment, stdout=log, stderr=log, timeout=patience)
            log.seek(0)
            return subprocess.CompletedProcess(command, done.returncode, log.read())
