"""Firmograph: self-hosted company enrichment with evidence and a price for every value."""

__version__ = "0.1.0"
