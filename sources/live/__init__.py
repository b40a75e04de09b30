"""Ask publishers: HTTP, the store of their answers, and the dated snapshots made from them.

Belongs here: everything between a connector and a live snapshot. Does not belong here: anything about one publisher.
"""
