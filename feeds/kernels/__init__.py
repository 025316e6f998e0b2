"""Inner loops over the heavy tables' bytes and columns: numpy and numba only."""
