"""The provider `explorium`: Explorium's match and firmographics calls, v2 or v1."""

from firmograph.providers.explorium.provider import SPEC, ExploriumProvider, build

__all__ = ["SPEC", "ExploriumProvider", "build"]
