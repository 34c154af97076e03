"""The fields of the work, one package each; the law of a field lives in its package."""
