"""Invented municipalities to try Zitting on. Nothing here is about a real person or place.

The numbers of people and stations follow the municipal survey of the 2026 council elections
(small, middle and large municipalities); a fixed seed makes every run the same.
"""
