"""Foyer below the screen: the decision, the parts it works with, and the command line."""

__version__ = "0.1.0"
