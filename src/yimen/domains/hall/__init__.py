"""Halls, village sites, agents and providers: the places and people by which services reach residents."""
