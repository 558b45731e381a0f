"""Greenroom: comments wait here until a moderator lets them go on air."""

__version__ = "0.1.0"
