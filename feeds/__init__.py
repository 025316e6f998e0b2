"""Read and check raw files: every fault becomes an issue, every table has one shape."""
