"""Residents' accounts: who one is, for whom one acts, what one lets the house keep, and everything one has with it."""
