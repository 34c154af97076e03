"""The machines' face: JSON in and out under a client key."""
