"""Endpoints for readers, on any page of the origins of a site."""
