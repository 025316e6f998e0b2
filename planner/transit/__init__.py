"""Journeys by vehicles that keep a timetable."""
