"""Worked queries and a notebook to copy from; the tests run them, nothing imports them."""
