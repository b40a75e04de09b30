"""The code location with its daily schedule due every minute, for the test that cannot wait for three at night."""

from pipelines import schedules

schedules.CRONS = {"daily": "* * * * *"}

from pipelines.definitions import defs  # noqa: E402, F401
