"""Compile checked tables into the Network that every search reads."""
