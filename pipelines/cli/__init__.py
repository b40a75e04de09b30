"""Provide the command line `dyad`, a module for each group of verbs.

Put arguments, printing and exit codes here, not logic. A command imports what it needs when it runs, so that `dyad --help` starts at once.
"""
