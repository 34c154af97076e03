"""Organs, grids, posts and people, all dated: who is responsible where, on any day."""
