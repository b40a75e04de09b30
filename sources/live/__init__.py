"""Ask publishers: HTTP, the store of their answers, and the dated snapshots made from them.

Put here everything between a connector and a live snapshot, not anything about one publisher.
"""
