"""Counties as tenants, and the country's divisions they share."""
