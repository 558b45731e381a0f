"""The verbs: one file each, one function that owns one transaction.

Plain reads skip this floor; everything that changes something passes through it.
"""
