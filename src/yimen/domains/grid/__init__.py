"""Grids and their incidents: found by anyone, registered, dispatched, handled, checked, closed."""
