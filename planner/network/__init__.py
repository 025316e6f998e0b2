"""The shape of the compiled Network: what `graph_build` fills and every search reads."""
