"""Makes the demo town's files, or checks that those committed are what it would make.

python data/demo_town/make.py            writes the files next to this one
python data/demo_town/make.py --check    exits 1 if they differ from what would be written
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from generator import (  # noqa: E402 - needs the path
    addresses,
    bike_lanes,
    buildings,
    compare,
    gbfs,
    gtfs_file,
    lines,
    osm_file,
    town,
)
from generator.plane import dice  # noqa: E402 - the same
from generator.roads import Roads  # noqa: E402 - the same


def make(folder: Path) -> None:
    """Write every made file of the demo town into the folder."""
    drawn = town.draw()
    chance = dice(1925)
    houses = buildings.build(drawn, chance)
    numbers = addresses.house_numbers(drawn)
    spots = [*addresses.public_places(drawn), *addresses.shops(numbers, chance), *numbers]
    osm_file.write(drawn, houses, spots, folder / "demo-town.osm.pbf")
    gtfs_file.write(lines.read_lines(Roads(drawn.streets)), folder / "demo-town.gtfs.zip")
    bike_lanes.write(drawn, folder / "demo-town-bike-lanes.geojson")
    gbfs.write(folder / "demo-town-gbfs")
    drawn.ground.write(folder / "demo-town-elevation.tif", folder / "demo-town-elevation-far.tif")


def main() -> int:
    """Run the command line; 0 when all is well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    if not parser.parse_args().check:
        make(HERE)
        return 0
    with tempfile.TemporaryDirectory() as fresh:
        make(Path(fresh))
        different = compare.differences(Path(fresh), HERE)
    for name in different:
        sys.stderr.write(f"{name} isn't what make.py makes\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
