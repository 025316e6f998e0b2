"""The timetable of a network without feeds: streets alone, on which no vehicle runs."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, get_args, get_type_hints

import numpy as np

from graph_build.timetable.compile import CompiledTimetable
from planner.network.shape import Routes, Stops, Timetable
from planner.network.store import frozen
from planner.network.strings import Strings

NO_DAY: Final = date(1970, 1, 1)


def make_no_timetable() -> CompiledTimetable:
    """A sound timetable of no stops, no trips and one day."""
    no_service = frozen(np.zeros((0, 1)), np.uint8)
    return CompiledTimetable(
        stops=_empty(Stops),
        routes=_empty(Routes),
        timetable=_empty(Timetable)._replace(service_days=no_service),
        zones=[],
        first_date=NO_DAY,
        last_date=NO_DAY,
        feed_facts=[],
    )


def _empty(section: type) -> Any:  # noqa: ANN401 - of the class asked for
    """`section` with nothing in it: offsets hold their 0, everything else has no entry."""
    values: dict[str, Any] = {}
    for name, hint in get_type_hints(section).items():
        if hint is Strings:
            values[name] = Strings.of(())
        else:
            dtype = get_args(get_args(hint)[1])[0]
            values[name] = frozen(np.zeros(1 if name.endswith("_offset") else 0), dtype)
    return section(**values)
