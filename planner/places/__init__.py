"""Addresses, stops and places by name and by position."""
