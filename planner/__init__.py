"""Search the compiled network: itineraries and times, from a folder of arrays alone."""
