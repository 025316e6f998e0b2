"""Compile the feeds into one timetable: trips by stop sequence, and the points of changes."""
