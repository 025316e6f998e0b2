"""Pages, API and command: they ask the planner and show what it answers."""
