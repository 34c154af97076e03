"""Files kept by their hash: what was uploaded, unchanged, and a small picture of it."""
