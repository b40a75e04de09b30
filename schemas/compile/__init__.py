"""Compile Pandera models to SQL, for tables that are in a database."""
