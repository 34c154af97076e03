"""The residents' face: report a problem, follow it by its code, see what is published."""
