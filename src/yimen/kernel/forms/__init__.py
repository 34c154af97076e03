"""Forms declared as data: questions with conditions, repeating groups and validators, the same at every door. Pure."""
