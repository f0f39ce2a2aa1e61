"""`firmograph serve` and `firmograph worker`: the processes that stay."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from firmograph.config import Settings

_GRACE_S = 5  # event streams are open until the page is closed: they may not hold up the end


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    demo: Annotated[bool, typer.Option("--demo", help="Serve what the demo left, read no .env.")] = False,
) -> None:
    """Serve the API and the dashboard, with a worker inside."""
    import uvicorn

    from firmograph.cli.opening import announce, opened_app
    from firmograph.config import load_settings
    from firmograph.errors import SettingsError
    from firmograph.web.application import create_web_app

    if demo:
        from firmograph.cli.demonstration import demo_settings

        settings = demo_settings()
    else:
        settings = load_settings()
    refuse_open_door(host, settings)
    with opened_app(settings) as app:
        web_app = create_web_app(app)
        url = f"http://{_shown(host)}:{port}"
        text = f"Firmograph is at {url} (data in {settings.data_dir}). Ctrl-C ends it."
        announce(settings, "serving", text, url=url, data_dir=str(settings.data_dir))
        config = uvicorn.Config(
            web_app,
            host=host,
            port=port,
            log_config=None,  # its messages go where ours go
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_S,
        )
        server = uvicorn.Server(config)
        with suppress(KeyboardInterrupt):  # how the server says that it was asked to end
            server.run()
        if not server.started:
            raise SettingsError(f"The server could not start on {host}:{port}; is the port taken? Give another --port.")


def worker(
    burst: Annotated[bool, typer.Option("--burst", help="End when nothing waits any more.")] = False,
) -> None:
    """Work on the runs that wait, until stopped."""
    from firmograph.cli.opening import opened_app
    from firmograph.worker import run_worker

    with opened_app() as app:
        raise typer.Exit(run_worker(app, burst=burst))


def refuse_open_door(host: str, settings: Settings) -> None:
    """Raises `SettingsError` when listening on `host` would let other machines in without a token.

    In a container the address to listen on says nothing: there it counts where the container's ports are published.
    """
    from firmograph.config import is_loopback
    from firmograph.errors import SettingsError

    if settings.api_token is not None or is_loopback(host) or settings.is_published_on_loopback:
        return
    if settings.published_on is not None:
        raise SettingsError(
            f"Published on {settings.published_on}, other machines get in. Set FIRMOGRAPH_API_TOKEN to a long secret "
            "first, or publish on 127.0.0.1."
        )
    raise SettingsError(
        f"Listening on {host} lets other machines in. Set FIRMOGRAPH_API_TOKEN to a long secret first, or listen "
        "on 127.0.0.1."
    )


def _shown(host: str) -> str:
    if host in {"0.0.0.0", "::"}:  # noqa: S104  # shown, not listened on
        return "localhost"
    return f"[{host}]" if ":" in host else host
