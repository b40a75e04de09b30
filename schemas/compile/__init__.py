"""Pandera models compiled to SQL, for tables too large for pandas.

Belongs here: the compiler and its SQL. Does not belong here: a rule of its own (`schemas.world` declares them).
"""
