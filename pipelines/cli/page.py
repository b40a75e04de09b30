"""Serve the releases' pages: `dyad page`."""

import contextlib

import click

from warehouse.home import home, no_current


@click.command()
def page() -> None:
    """Serve the releases' pages to the browsers of this machine until stopped; `make ui` does so beside Dagster's pages.

    Example: dyad page
    """
    from pipelines import web

    with web.server(home()) as server:
        if problem := no_current(home()):  # a release that is published later is served at once
            click.echo(f"dyad: {problem}", err=True)
        click.echo(f"the current release's page is at {web.address()}; stop with Ctrl-C")
        with contextlib.suppress(KeyboardInterrupt):  # the intended way to stop
            server.serve_forever()


COMMANDS = [page]
