"""Land, validate and aggregate the trade of all states, a quarter of a billion rows, and answer queries for any pair."""
