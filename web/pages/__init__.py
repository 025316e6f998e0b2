"""The pages people read, and what their map draws."""
