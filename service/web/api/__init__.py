"""Endpoints for moderators, owners, and their programs."""
