"""The tables of services."""
