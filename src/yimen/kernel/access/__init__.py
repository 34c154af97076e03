"""Who may do what, where: accounts, roles, delegations, and `decide()`, the one judge."""
