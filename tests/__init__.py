"""Tests mirror the floors; below the browser everything runs on a real PostgreSQL."""
