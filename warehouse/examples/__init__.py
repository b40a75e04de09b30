"""Give example queries and a notebook to copy from; tests run them, no module imports them."""
