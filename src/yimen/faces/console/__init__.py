"""The staff's face: sign in, my work, matters, ledger, people and posts, health."""
