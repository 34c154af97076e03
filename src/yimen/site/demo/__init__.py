"""云溪县 and 石桥县: two counties that do not exist, with structurally real codes. Every person is synthetic."""
