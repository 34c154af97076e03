"""The command centre: indicators counted from the ledger, a month's assessment, and appeal against its figures."""
