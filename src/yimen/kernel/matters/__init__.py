"""Matters and the one door through which they move: `move()` is the only writer of a matter's state."""
