"""The demo: a simulated visitor, a temporary gallery, and the visits that are played in it."""
