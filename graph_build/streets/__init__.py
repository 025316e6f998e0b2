"""Compile the map into directed street edges, with all that follows from them alone."""
