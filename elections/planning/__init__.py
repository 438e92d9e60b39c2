"""Proposes who sits where: plain data in, plain data out. It knows no database, no settings and no sentences."""
