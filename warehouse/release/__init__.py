"""Identify, complete, publish, compare, retain and trace releases.

Put here everything about a release whose tables are filled; filling them belongs in `warehouse.build`.
"""
