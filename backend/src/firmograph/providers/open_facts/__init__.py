"""The provider of open company facts: true, offline, free."""

from firmograph.providers.open_facts.provider import SPEC, OpenFactsProvider, build

__all__ = ["SPEC", "OpenFactsProvider", "build"]
