"""Schema history of the app `access`."""
