"""The command centre's wall: how the area's incidents stand, live, on a screen across the room."""
