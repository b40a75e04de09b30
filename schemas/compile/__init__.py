"""Compile Pandera models to SQL, for snapshot files, tables in the database and bulk files."""
