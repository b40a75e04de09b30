"""Worked queries and a notebook to copy from.

Belongs here: examples that the tests run. Does not belong here: code that anything else imports.
"""
