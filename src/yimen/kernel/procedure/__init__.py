"""The language in which a lawful procedure is written down. Pure: it knows no database and no clock."""
