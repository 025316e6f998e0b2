"""Draws the demo town: a scale model of Issy-les-Moulineaux, from sketches and rules."""
