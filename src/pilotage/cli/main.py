"""The `pilotage` command and its exit codes."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import Any, NoReturn

import click
from pydantic import ValidationError

from pilotage import __version__
from pilotage.cli.bench import bench
from pilotage.cli.bundle import bundle
from pilotage.cli.calibration import calibrate, space
from pilotage.cli.context import EXIT_CODES, Context, exit_code
from pilotage.cli.convergence import convergence, steadiness, stop
from pilotage.cli.db import db
from pilotage.cli.doctor import doctor
from pilotage.cli.experiments import experiments
from pilotage.cli.language import axes, say
from pilotage.cli.language_profiles import profiles
from pilotage.cli.latents import latents
from pilotage.cli.replay import replay
from pilotage.cli.retention import COMMANDS as RETENTION
from pilotage.cli.revisions import COMMANDS as REVISIONS
from pilotage.cli.serving import serve, worker
from pilotage.cli.sessions import answer, export, finish, new, sessions, show, step
from pilotage.cli.steerlab import COMMANDS as STEERLAB
from pilotage.cli.taste import taste
from pilotage.cli.tools import cancel, generate, models
from pilotage.core.errors import JobCancelledError, PilotageError, StorageError
from pilotage.core.strategies import invalid_input

_EXITS = "\n".join(f"  {code:>3}  {meaning}" for code, meaning in EXIT_CODES.items())


class _Group(click.Group):
    """A group whose errors are ours: one line, a hint, and a documented exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn an error of ours into its message and code."""
        try:
            return super().invoke(ctx)
        except PilotageError as error:
            _leave(error)
        except ValidationError as cause:
            _leave(invalid_input(cause))
        except OSError as cause:
            if cause.errno == errno.EPIPE:  # whoever reads us has seen enough: click ends quietly
                raise
            _leave(StorageError(f"{cause.filename or 'a file'}: {cause.strerror}", hint="What was stored is safe."))
        except KeyboardInterrupt:
            _leave(JobCancelledError("stopped", hint="Run the command again to go on."))


def _leave(error: PilotageError) -> NoReturn:
    field = f" [{error.field}]" if error.field else ""
    click.secho(f"{error.code}{field}: {error}", err=True, fg="red")
    if error.hint:
        click.echo(error.hint, err=True)
    sys.exit(exit_code(error))


@click.group(cls=_Group, epilog=f"\b\nExit codes:\n{_EXITS}", context_settings={"max_content_width": 100})
@click.version_option(__version__, prog_name="pilotage")
@click.option("--home", type=click.Path(path_type=Path), help="Folder of the database and the pictures.")
@click.option("--device", help="auto, cpu, cuda, cuda:1 or mps.")
@click.pass_context
def main(ctx: click.Context, home: Path | None, device: str | None) -> None:
    """Steer generative models by choosing."""
    given = {"home": home, "device": device}
    ctx.obj = Context({name: value for name, value in given.items() if value is not None})


_SESSIONS = (new, step, answer, show, sessions, finish, export, bundle, experiments, calibrate, space, taste)
_TOOLS = (convergence, steadiness, generate, models, cancel, serve, worker, db, replay, doctor, bench)
_LABS = (say, axes, profiles, latents)
for command in (*_SESSIONS, *_LABS, *_TOOLS, *REVISIONS, *RETENTION, *STEERLAB):
    main.add_command(command)
bench.add_command(stop)
