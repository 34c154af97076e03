"""Changing the registers of people, posts, organs and holiday notices: each act has a permission and an entry."""
