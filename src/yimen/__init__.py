"""Yimen (一门): one door for a township's services, enforcement and grids."""

__version__ = "0.1.0"
