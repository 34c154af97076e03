"""Tables from elsewhere: read, laid on what they should become, checked whole, and taken whole or not at all."""
