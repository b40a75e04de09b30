"""Serve the current release to an assistant: `dyad mcp`."""

import click

from schemas.errors import Unusable


@click.command()
def mcp() -> None:
    """Answer an assistant's questions by the Model Context Protocol on standard input and output, read-only, until the input ends.

    Example: dyad mcp
    """
    try:
        from pipelines.assistant import SERVER
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "mcp":
            raise
        raise Unusable("the package mcp is not installed: run `pip install 'mcp>=2,<3'` in the environment of `dyad`") from None
    SERVER.run()


COMMANDS = [mcp]
