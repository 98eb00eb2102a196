"""Renderers: each takes a Report and gives one kind of file."""
