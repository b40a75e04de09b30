"""Draw the visuals of a release from its published tables alone.

Put a visual into the module of its subject, with `@visual`. Keep this module empty, since the drawing processes import it.
"""
