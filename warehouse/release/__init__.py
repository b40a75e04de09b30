"""Releases: what is in one, its identity, publishing, comparing, keeping and tracing it.

Belongs here: everything about a finished release. Does not belong here: filling its tables (`warehouse.build`).
"""
