"""The same databases as the integration tests."""

from tests.integration.conftest import database_url, postgres_server, postgres_url

__all__ = ["database_url", "postgres_server", "postgres_url"]
