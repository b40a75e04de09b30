"""The errors a person reads. One line each: what happened, where, what to do.

Belongs here: exception types that every package may raise. Not here: catching or printing them (`pipelines.cli`).
"""


class Refused(Exception):
    """Bad input or a failed audit: nothing was published and the current release is untouched."""


class Unusable(Exception):
    """A request that cannot be served as asked: an unknown key, a malformed date, a release that is not there."""
