"""Read publishers' tables and pages.

Put here formats that several connectors read, not anything about one publisher.
"""
