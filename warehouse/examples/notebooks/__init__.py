"""Provide notebooks to copy and change; only tests run them."""
