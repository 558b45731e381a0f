"""Measures the filters, the learner and the campaigns on data of yours: `make eval DATA=folder`."""
