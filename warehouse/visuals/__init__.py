"""The visuals of a release, drawn from its published tables alone.

Put a visual into a module of its subject, with `@visual`. This module stays empty: a process that draws imports it.
"""
