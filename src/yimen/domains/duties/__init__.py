"""What grids are for and who answers for them: the published duty list, its entry control, rounds, gaps and load."""
