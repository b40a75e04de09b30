"""Prompt for SQL on a release: statements over several lines, history, completion, and commands that begin with a dot."""

from collections.abc import Callable, Iterable
from sqlite3 import complete_statement

import click
from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from pipelines.cli.printing import Limits
from pipelines.cli.results import answer, limits
from schemas.errors import Unusable
from schemas.sql import quoted
from warehouse.connect import Connection, as_unusable, release
from warehouse.home import SQL_HISTORY, home

START = "read-only SQL on release {}; a statement ends with `;`; .help lists the commands; Ctrl-D ends"
HELP = """\
.tables [SCHEMA]       list the tables with their descriptions; the schemas are charts, views, core, raw and catalog
.schema TABLE          list the columns of a table with their meaning
.mode table|csv|json   choose how rows are printed
.rows N|all            choose how many rows a table shows
.width N|all           choose how many characters wide a table may be
.help                  print these lines
exit, quit, Ctrl-D     end
Ctrl-C                 clear the statement, or stop the running one"""
MODES = ("table", "csv", "json")
ENDS = ("exit", "quit", ".exit", ".quit")
TABLES = 'select schema, "table", row_count as rows, description from catalog.tables where '
COLUMNS = "select column_name, data_type as type, comment as meaning from duckdb_columns() where "


class Prompt:
    """The state of a prompt: its connection, and how it prints rows."""

    def __init__(self, con: Connection) -> None:
        """Begin with tables that fit the terminal."""
        self.con, self.mode, self.limits = con, "table", limits()
        self.commands: dict[str, Callable[[str], None]] = {
            ".tables": self._tables, ".schema": self._schema, ".mode": self._mode, ".rows": self._rows, ".width": self._width,
            ".help": lambda _: click.echo(HELP),
        }  # fmt: skip

    def take(self, text: str) -> None:
        """Run a statement or a command; print an error and go on."""
        try:
            with as_unusable():
                if text.startswith("."):
                    self._command(text.rstrip("; "))
                else:
                    self._answer(text)
        except KeyboardInterrupt:
            click.echo("\ninterrupted", err=True)
        except Unusable as error:
            click.echo(str(error), err=True)

    def _answer(self, text: str, mode: str | None = None, limits: Limits | None = None) -> None:
        answer(self.con, text, mode or self.mode, limits or self.limits)

    def _command(self, text: str) -> None:
        name, _, argument = text.partition(" ")
        if name not in self.commands:
            raise Unusable(f"no command {name}: choose one of {', '.join(self.commands)}")
        self.commands[name](argument.strip())

    def _tables(self, schema: str) -> None:
        rows = f"schema = {quoted(schema)}" if schema else "schema <> 'raw'"
        self._answer(f"{TABLES} {rows} order by all", "table", self.limits._replace(rows=None))

    def _schema(self, table: str) -> None:
        schema, _, name = table.rpartition(".")
        where = f"database_name = 'warehouse' and table_name = {quoted(name)} and schema_name = {quoted(schema or 'charts')}"
        if not self.con.execute(COLUMNS + where).fetchone():
            raise Unusable(f"no table {table}: write .schema and a table of .tables, such as .schema charts.claims")
        for column, sql_type, meaning in self.con.execute(f"{COLUMNS} {where} order by column_index").fetchall():
            click.echo(f"{column:<24} {sql_type:<10} {meaning or ''}")

    def _mode(self, mode: str) -> None:
        if mode not in MODES:
            raise Unusable(f"no mode {mode or 'given'}: write .mode {', .mode '.join(MODES)}")
        self.mode = mode

    def _rows(self, count: str) -> None:
        self.limits = self.limits._replace(rows=_limit(".rows", count))

    def _width(self, count: str) -> None:
        self.limits = self.limits._replace(width=_limit(".width", count))


def _limit(command: str, text: str) -> int | None:
    if text == "all":
        return None
    if not (text.isascii() and text.isdigit() and int(text)):
        raise Unusable(f"{command} {text}: write a whole number of at least 1, or all")
    return int(text)


def is_complete(text: str) -> bool:
    """Return true if the text ends a statement, is a dot command or an exit word, or is empty."""
    stripped = text.strip()
    return not stripped or stripped.startswith(".") or stripped.rstrip(";").lower() in ENDS or complete_statement(text)


class Names(Completer):
    """Complete the names of schemas, tables, columns and keywords, and the commands at the start of a line."""

    def __init__(self, con: Connection, commands: Iterable[str]) -> None:
        """Read the names of a release."""
        tables = con.execute("select schema, \"table\" from catalog.tables order by schema <> 'charts', 1, 2").fetchall()
        columns = con.execute('select distinct "column" from catalog.columns order by 1').fetchall()
        keywords = con.execute("select keyword_name from duckdb_keywords() where keyword_category = 'reserved' order by 1").fetchall()
        self.names = dict.fromkeys(
            [*(table for schema, table in tables if schema == "charts"), *(f"{schema}.{table}" for schema, table in tables)]
            + [name for (name,) in columns + keywords]
        )
        self.commands = [*commands, *ENDS]

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Yield the names that begin with the word before the cursor."""
        word = document.get_word_before_cursor(WORD=True).rpartition("(")[2].rpartition(",")[2]
        names = self.commands if document.text_before_cursor.strip() == word and word.startswith(".") else self.names
        for name in names if word else ():
            if name.startswith(word.lower()):
                yield Completion(name, -len(word))


def session(prompt: Prompt) -> PromptSession[str]:
    """Return a session in which Enter submits a complete statement and otherwise starts a new line."""
    keys = KeyBindings()

    @keys.add("enter")
    def enter(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if is_complete(buffer.text):
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n")

    return PromptSession(
        "dyad> ", multiline=True, prompt_continuation="  ..> ", key_bindings=keys, history=_history(),
        completer=Names(prompt.con, prompt.commands), complete_while_typing=False, enable_open_in_editor=True,
    )  # fmt: skip


def _history() -> History:
    """Return the history kept in the home; one in memory if the home cannot be written."""
    path = home() / SQL_HISTORY
    try:
        path.open("ab").close()
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(path))


def run(con: Connection) -> None:
    """Read statements and commands from the terminal and print their answers, until the user exits."""
    prompt = Prompt(con)
    typed = session(prompt)
    click.echo(START.format(release().name))
    while True:
        try:
            text = typed.prompt().strip()
        except KeyboardInterrupt:
            continue  # the line is cleared
        except EOFError:
            return
        if text.rstrip(";").lower() in ENDS:
            return
        if text:
            prompt.take(text)
