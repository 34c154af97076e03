"""The catalogue's tables."""
