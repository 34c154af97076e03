"""Telling others: the outbox that carries messages and events after an act is written."""
