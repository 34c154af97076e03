"""The ledger: one append-only chain of entries per stream, sealed day by day, provable to outsiders."""
