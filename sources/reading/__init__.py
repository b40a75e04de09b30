"""Readers of publishers' tables and pages.

Belongs here: formats several connectors read. Does not belong here: anything about one publisher.
"""
