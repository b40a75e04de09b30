"""Ask publishers over HTTP, store their answers, and write the dated snapshots that follow from them.

Put here everything between a connector and a live snapshot, not anything about one publisher.
"""
