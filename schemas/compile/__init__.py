"""Compile Pandera models to SQL, for tables too large for pandas."""
