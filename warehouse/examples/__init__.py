"""Provide example queries and notebooks to copy from; `gallery` draws a picture of each query."""
