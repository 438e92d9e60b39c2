"""Zitting on several hosts, each with a network of its own, and what happens when one of them is gone."""
