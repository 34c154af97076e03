"""The catalogue: what one may come to the township for, item by item, as the national implementing list describes it."""
