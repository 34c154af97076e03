"""The grid worker's face on a phone: report in seconds, see and check what is mine."""
