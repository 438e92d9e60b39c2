import itertools

numbers = itertools.count(1)
"""Makes a row another one than the last."""
