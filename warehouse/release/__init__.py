"""Identify, complete, publish, compare, retain and trace releases."""
