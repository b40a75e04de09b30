"""Build a warehouse file: land raw rows, run the SQL models, decide the claims, run the audits.

Put here what fills the tables of a build, not what makes it visible (`warehouse.release`).
"""
