"""The command line `dyad`, a module a group of verbs.

Belongs here: arguments, printing, exit codes. Does not belong here: logic.
"""
