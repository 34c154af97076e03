"""Official documents: data set as A4 PDF, numbered, sealed with the one seal in force, signed, and verifiable by anyone."""
