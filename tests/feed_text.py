"""Whole feeds as text in a test: a story first, then `# file.txt` and its lines.

    write_feed(folder, LINE + '''
        # transfers.txt
        from_stop_id,to_stop_id,transfer_type
        A,B,2
        ''')

A file given twice is taken as it is given last.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from textwrap import dedent

# Bus 1 runs from A by B to C every day of 2026, at eight and, by night, at 24:30.
LINE = """
# agency.txt
agency_id,agency_name,agency_url,agency_timezone
ratp,RATP,https://www.ratp.fr,Europe/Paris
# stops.txt
stop_id,stop_name,stop_lat,stop_lon
A,Mairie d'Issy,48.8240,2.2730
B,Corentin-Celton,48.8270,2.2790
C,Porte de Versailles,48.8320,2.2880
# routes.txt
route_id,agency_id,route_short_name,route_long_name,route_type,route_color
12,ratp,12,Issy - Aubervilliers,1,007852
# calendar.txt
service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
daily,1,1,1,1,1,1,1,20260101,20261231
# trips.txt
route_id,service_id,trip_id
12,daily,morning
12,daily,night
# stop_times.txt
trip_id,arrival_time,departure_time,stop_id,stop_sequence
morning,08:00:00,08:00:00,A,1
morning,08:02:00,08:02:30,B,2
morning,08:05:00,08:05:00,C,3
night,24:30:00,24:30:00,A,1
night,24:32:00,24:32:30,B,2
night,24:35:00,24:35:00,C,3
"""


def split_files(*texts: str) -> dict[str, str]:
    """File name -> content, of texts with `# file.txt` lines."""
    files: dict[str, str] = {}
    for text in texts:
        parts = re.split(r"^# (\S+)\n", dedent(text).lstrip("\n"), flags=re.MULTILINE)
        files.update(zip(parts[1::2], parts[2::2], strict=True))
    return files


def write_feed(path: Path, *texts: str, without: tuple[str, ...] = ()) -> Path:
    """Write a feed as a folder, or as a zip where `path` ends so; later texts replace files."""
    files = {k: v for k, v in split_files(*texts).items() if k not in without}
    return write_files(path, {name: text.encode() for name, text in files.items()})


def write_files(path: Path, files: dict[str, bytes]) -> Path:
    """Write files, whatever they hold, into a folder or a zip."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return path
    for name, content in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return path
