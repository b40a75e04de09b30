"""Compile Pandera models to SQL, for tables too large for pandas.

Put the compiler and its SQL here; declare a rule in `schemas.world`.
"""
