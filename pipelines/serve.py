"""Serve Dagster's pages and the releases' pages on loopback, beside Dagster's daemon: `make ui` and `make serve`.

Dagster's own command answers requests from any web page; here its application is behind `guard`. If the web server or the daemon
ends, the other one is stopped too.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import click

from pipelines import alerts, guard, interrupts, web
from pipelines.daemon import WORKSPACE
from schemas.errors import Unusable
from warehouse.home import home

PORT = "DYAD_UI_PORT"
PATIENCE = 20  # seconds that the daemon has to end before it is killed


def main() -> None:
    """Serve until a signal, or until the daemon ends.

    Raises:
        SystemExit: a port is in use, a setting or the run history cannot be used, or the daemon failed.
    """
    os.umask(os.umask(0) | 0o022)  # no other user may write to the run history
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.unraisablehook = interrupts.resend
    try:
        alerts.address()
        with contextlib.suppress(KeyboardInterrupt), _listening(web.port(PORT, 3000)) as listener, web.server(home()) as pages:
            from pipelines import instance, open_lineage  # not at the top: Dagster takes seconds to import, and Ctrl-C may come

            instance.main()
            threading.Thread(target=pages.serve_forever, daemon=True).start()
            click.echo(
                f"the asset graph is at http://{web.HOST}:{listener.getsockname()[1]}, the current release's page at {web.address()}"
            )
            if problem := open_lineage.unsent():
                click.echo(f"dyad: {problem}", err=True)
            with _daemon() as daemon:
                _serve(listener, daemon)
    except (Unusable, OSError) as error:
        sys.exit(f"dyad: {error}")


def _leave_the_terminal() -> None:
    """Go on in a child that Ctrl-C in a terminal does not reach; the parent waits for it, and passes signals on.

    Ctrl-C would reach Dagster's code servers too, which print tracebacks of the modules that they are importing.

    Raises:
        SystemExit: in the parent, once the child has ended.
    """
    alive, lifeline = os.pipe()
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        os.close(lifeline)
        threading.Thread(target=_end_with_the_parent, args=[alive], daemon=True).start()
        return
    for received in (signal.SIGINT, signal.SIGTERM):
        signal.signal(received, lambda *_: os.kill(child, signal.SIGTERM))
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _end_with_the_parent(alive: int) -> None:
    """End this process once the other end of a pipe is closed, which even a killed parent does."""
    os.read(alive, 1)
    os.kill(os.getpid(), signal.SIGTERM)


@contextlib.contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """Open the port before anything else starts, so that a second server ends at once."""
    try:
        listener = socket.create_server((web.HOST, port))
    except OSError as error:
        raise Unusable(
            f"cannot serve on {web.HOST}:{port}: {os.strerror(error.errno or 0)}; stop the other server, or set {PORT}"
        ) from None
    with listener:
        yield listener


@contextlib.contextmanager
def _daemon() -> Iterator[subprocess.Popen[bytes]]:
    """Run the daemon, which starts the runs that the web pages and the schedules request; it waits while the home has another."""
    # Dagster handles SIGTERM as SIGINT, which must be ignored until its own handlers are there: an interrupted import prints a traceback
    late: list[int] = []  # a signal that comes before the daemon can be stopped waits
    handlers = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
        signal.SIGTERM: signal.signal(signal.SIGTERM, lambda number, _: late.append(number)),
    }
    process = subprocess.Popen([sys.executable, "-m", "pipelines.daemon"])
    try:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if late:
            raise KeyboardInterrupt
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()


def _serve(listener: socket.socket, daemon: subprocess.Popen[bytes]) -> None:
    """Serve Dagster's pages until a signal or the end of the daemon.

    Raises:
        SystemExit: the daemon ended.
    """
    import dagster as dg
    import uvicorn
    from dagster_webserver import cli
    from dagster_webserver.app import create_app_from_workspace_process_context

    from pipelines import deadline, event_log

    with dg.DagsterInstance.get() as history:
        history.optimize_for_webserver(cli.DEFAULT_DB_STATEMENT_TIMEOUT, cli.DEFAULT_POOL_RECYCLE, cli.DEFAULT_POOL_MAX_OVERFLOW)
        with event_log.workspace(history, WORKSPACE) as workspace:
            app = guard.guarded(create_app_from_workspace_process_context(workspace))
            server = uvicorn.Server(uvicorn.Config(app, http=deadline.Timely, log_level="warning", timeout_graceful_shutdown=1))

            def stop_with_the_daemon() -> None:
                daemon.wait()
                server.should_exit = True

            threading.Thread(target=stop_with_the_daemon, daemon=True).start()
            server.run([listener])
            if (code := daemon.poll()) is not None:
                sys.exit(
                    f"dyad: the daemon ended with code {code}; the reason is printed above; if it concerns the run history, run `dyad doctor`"
                )


if __name__ == "__main__":
    _leave_the_terminal()
    main()
