"""Figures as ratios within one run, against ceilings made of the same stack."""
