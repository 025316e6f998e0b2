"""Compile what a traveller may type, or point at."""
