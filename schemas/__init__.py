"""What every table means: Pandera models of raw, core and chart tables, and what follows from them.

Belongs here: column descriptions, keys, checks, the DDL and comments rendered from them, and the errors people read.
Does not belong here: reading or writing anything.
"""
