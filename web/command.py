"""The `trajets` command: one file per command in web/commands, and what an exit code means.

0 done (`plan`: an itinerary), 1 an error, 2 bad arguments, 3 no itinerary, 130 interrupted.
Errors are one sentence on stderr.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Final

import click

from planner.kernel_cache import use_kernel_cache

COMMANDS: Final = (
    "demo", "build", "info", "plan", "isochrone", "matrix", "serve", "export", "bench",
)  # fmt: skip
DONE, FAILED, BAD_ARGUMENTS, NO_ITINERARY, INTERRUPTED = 0, 1, 2, 3, 130
TRACEBACK_VARIABLE: Final = "TRAJETS_TRACEBACK"
# Errors whose message is a sentence for whoever typed the command: class, by name so that nothing
# is imported for it -> exit code.
_EXPECTED: Final = {
    "feeds.issues.FeedError": FAILED,
    "graph_build.build.BuildError": FAILED,
    "graph_build.streets.graph.NoStreetsError": FAILED,
    "planner.canary.CanaryError": FAILED,
    "planner.network.store.NetworkError": FAILED,
    "graph_build.region.RegionError": BAD_ARGUMENTS,
    "planner.request.RequestError": BAD_ARGUMENTS,
    "web.bench.systems.BenchError": FAILED,
    "web.settings.SettingsError": BAD_ARGUMENTS,
}


class _Commands(click.Group):
    """Commands imported when they are asked for: `trajets info` waits for no search to load."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order they are needed."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, None where there is none."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"web.commands.{cmd_name}").command
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("trajets"), prog_name="trajets")
def trajets() -> None:
    """Plan trips from door to door, on foot, by bicycle, car and transit, from one network."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave with its exit code."""
    use_kernel_cache()
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit code. Never raises."""
    try:
        code = trajets.main(arguments, prog_name="trajets", standalone_mode=False)
    except click.ClickException as error:
        return _refuse(error)
    except (KeyboardInterrupt, click.Abort):
        _say("interrupted; nothing was changed")
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has left, as `head` does
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - to be flushed into at exit
        return DONE
    except Exception as error:  # noqa: BLE001 - the last place where an error can become a sentence
        if os.environ.get(TRACEBACK_VARIABLE):
            traceback.print_exc()
        return _explain(error)
    return code if isinstance(code, int) else DONE


def _refuse(error: click.ClickException) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return BAD_ARGUMENTS
    _say(error.format_message())
    return error.exit_code


def _explain(error: Exception) -> int:
    for kind in type(error).__mro__:
        code = _EXPECTED.get(f"{kind.__module__}.{kind.__qualname__}")
        if code is not None:
            _say(str(error))
            return code
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        _say(f"{where}{error.strerror or error}")
    elif isinstance(error, MemoryError):
        _say("there isn't enough memory for this; take a smaller area or a shorter --date-range")
    else:
        _say(
            f"a fault in Trajets itself, {type(error).__name__}: {error}"
            f" ({TRACEBACK_VARIABLE}=1 shows where)"
        )
    return FAILED


def _say(sentence: str) -> None:
    """One line on stderr, whatever the message holds."""
    click.echo(f"trajets: {' '.join(sentence.split())}", err=True)


if __name__ == "__main__":
    main()
