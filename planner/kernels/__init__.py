"""Numba kernels: arrays in, arrays out; no strings, no exceptions, no Python objects."""
