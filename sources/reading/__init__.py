"""Read publishers' tables and pages."""
