"""Official bike lanes, laid over the streets of the map and written out of them."""
