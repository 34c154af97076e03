"""Migrations of the hall."""
