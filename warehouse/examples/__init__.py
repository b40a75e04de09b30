"""Provide example queries and a notebook to copy from; only tests run them."""
