"""Commands that stay: serve the app, run a worker."""

from __future__ import annotations

from typing import Any

import click

from pilotage.cli.context import Context


@click.command()
@click.option("--host", help="Address to listen on; any but loopback needs a token.")
@click.option("--port", type=int, help="Port; 0 takes a free one.")
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
@click.option("--no-worker", is_flag=True, help="Run no worker here: those of other machines do the jobs.")
@click.pass_obj
def serve(ctx: Context, host: str | None, port: int | None, open_page: bool, no_worker: bool) -> None:
    """Start the app: the pages, the API, and one worker per device."""
    from pilotage.api.server import serve as run  # noqa: PLC0415

    given: dict[str, Any] = {"host": host, "port": port}
    settings = ctx.settings(**{name: value for name, value in given.items() if value is not None})
    run(settings, open_page=open_page, with_worker=not no_worker)


@click.command()
@click.option("--slot", default=0, show_default=True, type=click.IntRange(0, 99), help="Its number on this machine.")
@click.option("--queues", default="", help="Which jobs it takes: interactive, background, or both (the default).")
@click.pass_obj
def worker(ctx: Context, slot: int, queues: str) -> None:
    """Run one worker; `serve` starts and watches its own, with slot 0."""
    from pilotage.app.worker import work  # noqa: PLC0415

    work(ctx.settings(), slot=slot, queues=[name.strip() for name in queues.split(",") if name.strip()])
