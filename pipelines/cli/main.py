"""Define the command group `dyad`: its verbs, its errors and its exit codes.

Exit codes: 0 done; 1 the input was refused, or `doctor` or `verify` found a problem; 2 the request cannot be served, as for an unknown key;
130 interrupted; 141 the reader of the output left. `refresh` also has 3 and 4.
"""

import errno
import os
import sys
from typing import Any, NoReturn

import click

from pipelines.cli import ask, assistant, health, page, publishers, refresh, releases, sql, world
from schemas.errors import OUT_OF_MEMORY, Problem, Refused, Unusable, is_interrupted_query, is_out_of_memory

PUBLISHING = ("refresh", "rebuild")
INTERRUPTED = 128 + 2  # as shells report a process that SIGINT ended
# as shells report a process that SIGPIPE ended, such as `git log | head`; the signal itself would also end a refresh whose publisher hangs up
READER_LEFT = 128 + 13


class Commands(click.Group):
    """A command group that reports this project's errors in one line each, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit with 1 if input was refused, 2 if the request cannot be served, 130 on Ctrl-C, 141 if the reader left."""
        try:
            return super().invoke(ctx)
        except Refused as error:
            click.echo(f"refused: {error}", err=True)
            if ctx.invoked_subcommand in PUBLISHING:
                click.echo("nothing was published; the current release is untouched", err=True)
            ctx.exit(1)
        except Unusable as error:
            click.echo(f"dyad: {error}", err=True)
            ctx.exit(2)
        except KeyboardInterrupt:
            _end_interrupted(ctx)
        except BrokenPipeError:
            ctx.exit(READER_LEFT)
        except OSError as error:
            click.echo(f"dyad: {_in_words(error)}", err=True)
            ctx.exit(2)
        except Exception as error:
            if is_interrupted_query(type(error).__name__, str(error)):
                _end_interrupted(ctx)
            if not _is_reported(error):
                raise
            ctx.exit(2)


def _in_words(error: OSError) -> Problem:
    """Return an error of the system with what to do; if a file or folder cannot be written, name it."""
    if error.errno in (errno.EROFS, errno.EACCES) and error.filename:
        return f"{error.filename} cannot be opened or written ({error.strerror}): make it writable, or name another home in DYAD_HOME"
    return f"{error}; run `dyad doctor` to find the cause"


def _end_interrupted(ctx: click.Context) -> NoReturn:
    click.echo("\ndyad: interrupted; every published release is whole: run the command again", err=True)
    ctx.exit(INTERRUPTED)


def _is_reported(error: Exception) -> bool:
    """Report exhausted memory and errors of DuckDB in the project's own SQL; `dyad sql` reports those in an analyst's SQL itself."""
    what = str(error).partition("\n")[0]
    if is_out_of_memory(type(error).__name__, str(error)):
        click.echo(f"dyad: {OUT_OF_MEMORY}", err=True)
    elif type(error).__module__ != "_duckdb":  # not imported here: `--help` must not wait for it
        return False
    elif type(error).__name__ in ("BinderException", "CatalogException"):  # a table or a column is missing
        click.echo(
            f"dyad: {what}; another version of the project probably built the file: build it anew with `dyad refresh`, "
            "or with `dyad ingest` if it has the world's trade",
            err=True,
        )
    else:
        click.echo(f"dyad: {what}; run `dyad doctor` to find damaged files", err=True)
    return True


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dyad", message="%(prog)s %(version)s")
def main() -> None:
    """Build and read releases of data on how two states train, trade and vote together.

    \b
    dyad refresh                                   build, audit and publish a release
    dyad refresh --as-of 2024-12-12                from what was known on that day
    dyad refresh --dyad CHN-USA --dyad IND-RUS     other pairs
    dyad trace trade_dependence CHN-RUS 2023 CHN A
    """  # fmt: skip  # noqa: D301  click reads the control character
    os.umask(os.umask(0o077) | 0o022)  # no other user may change the files, whatever the shell allows


@main.command("help")
@click.argument("verb", required=False)
@click.pass_context
def show_help(ctx: click.Context, verb: str | None) -> None:
    """Show the help of a VERB, or the list of verbs.

    Example: dyad help trace
    """
    if verb is not None and verb not in main.commands:
        raise Unusable(f"no verb {verb}: choose one of {', '.join(sorted(main.commands))}")
    parent = ctx.parent or ctx
    click.echo(main.commands[verb].get_help(click.Context(main.commands[verb], parent, verb)) if verb else parent.get_help())


@main.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes verbs and options in a SHELL; append it to the shell's start file.

    Example: dyad completion bash >> ~/.bashrc
    """
    from click.shell_completion import get_completion_class

    if kind := get_completion_class(shell):
        click.echo(kind(main, {}, "dyad", "_DYAD_COMPLETE").source())


for module in (refresh, sql, ask, assistant, releases, publishers, health, page, world):
    for command in module.COMMANDS:
        main.add_command(command)


def run() -> None:
    """Run `main` as a process; report an unwritable output in one line."""
    try:
        main(prog_name="dyad")
    except OSError as error:  # raised by the help, which click prints before it invokes a command
        click.echo(f"dyad: {error}", err=True)
        sys.exit(2)
    finally:
        _discard_unwritten_output()


def _discard_unwritten_output() -> None:
    """Discard the buffer of an unwritable output; Python would try to write it at exit and change the exit code."""
    try:
        if sys.stdout is not None:  # None if the caller closed it (`>&-`)
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
