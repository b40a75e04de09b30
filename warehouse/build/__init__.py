"""Build a warehouse file: land raw rows, run the SQL models, decide the claims, run the audits."""
