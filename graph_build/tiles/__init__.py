"""Cut the map into vector tiles."""
