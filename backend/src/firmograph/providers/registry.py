"""All providers, in the order the default waterfall asks them. One line a provider; nothing happens at import."""

from __future__ import annotations

from firmograph.config import Settings
from firmograph.providers import explorium, open_facts
from firmograph.providers.base import Provider, ProviderOff, ProviderSpec

SPECS: dict[str, ProviderSpec] = {spec.name: spec for spec in (explorium.SPEC, open_facts.SPEC)}


def build_providers(settings: Settings, *, is_sandbox: bool = False) -> dict[str, Provider | ProviderOff]:
    """Every provider by name: ready to be asked, or off with the reason. Call it in the event loop that will ask.

    `is_sandbox` says that the Explorium address was chosen as the sandbox's.
    """
    key = settings.explorium_api_key
    return {
        explorium.SPEC.name: explorium.build(
            api_key=None if key is None else key.get_secret_value(),
            base_url=settings.explorium_base_url,
            api_version=settings.explorium_api_version,
            rate_limit=settings.explorium_rate_limit,
            rate_unit=settings.explorium_rate_unit,
            is_sandbox=is_sandbox,
            match_credits=settings.explorium_match_credits,
            firmographics_credits=settings.explorium_firmographics_credits,
        ),
        open_facts.SPEC.name: open_facts.build(),
    }
