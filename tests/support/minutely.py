"""Define the code location with its daily schedule due every minute, for the test of the daemon."""

from pipelines import schedules

schedules.CRONS = {"daily": "* * * * *"}

from pipelines.definitions import defs  # noqa: E402, F401
