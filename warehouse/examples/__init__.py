"""Provide example queries and notebooks to copy from; only tests run them."""
