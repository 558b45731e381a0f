"""Faults on purpose: what is promised of the service, tried against what can go wrong around it."""
