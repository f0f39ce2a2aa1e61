"""The built dashboard as the server serves it: settled for its base path, with a policy of what it serves."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from firmograph.errors import SettingsError
from firmograph.web.application import create_web_app
from firmograph.web.site import policy_of

from .api_calls import problem_of

SCRIPT = "document.title='runs at /__firmograph_base__/'"
PAGE = (
    '<!DOCTYPE html><html lang="en"><head><meta name="firmograph-api" content="__firmograph_api__"/>'
    '<script src="/__firmograph_base__/_next/static/chunks/a1.js" async=""></script>'
    f"<script>{SCRIPT}</script></head><body>" + "<p>runs</p>" * 200 + "</body></html>"
)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    files = {
        "index.html": PAGE.replace("runs</p>", "start</p>"),
        "404.html": "<p>There is no page here</p>",
        "runs/index.html": PAGE,
        "runs/index.txt": "runs at /__firmograph_base__/runs/",
        "_next/static/chunks/a1.js": "load('/__firmograph_base__/_next/static/chunks/b2.js')//" + " " * 2000,
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "_next/static/media").mkdir()
    (folder / "_next/static/media/inter.woff2").write_bytes(bytes(range(256)) * 10)
    return folder


@pytest.fixture
def site(open_firmograph: Any, built: Path) -> Iterator[TestClient]:
    with open_firmograph() as app:
        yield TestClient(create_web_app(app, dashboard=built), follow_redirects=False)


@pytest.fixture
def below(open_firmograph: Any, built: Path) -> Iterator[TestClient]:
    """The same below a path, with a token."""
    with open_firmograph(base_path="/firms", api_token="tok") as app:
        yield TestClient(create_web_app(app, dashboard=built), follow_redirects=False)


def hash_of(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def test_pages_are_settled_and_allow_what_they_hold(site: TestClient) -> None:
    answer = site.get("/")
    assert "start" in answer.text
    assert 'content="/api"' in answer.text
    assert 'src="/_next/static/chunks/a1.js"' in answer.text
    assert "__firmograph_" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert f"script-src 'self' {hash_of(SCRIPT.replace('/__firmograph_base__', ''))};" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-frame-options"] == "DENY"


def test_addresses(site: TestClient) -> None:
    assert "<p>runs" in site.get("/runs/").text
    moved = site.get("/runs?state=paused&q=a%20b")
    assert (moved.status_code, moved.headers["location"]) == (307, "/runs/?state=paused&q=a%20b")
    assert site.get("/runs/index.txt").headers["content-type"] == "text/plain; charset=utf-8"
    assert site.head("/runs/").status_code == 200
    for path in ("/nope", "/nope/", "/x//runs", "/runs/../runs/index.html/x", "/%2e%2e/pyproject.toml", "/index.html/"):
        answer = site.get(path)
        assert (answer.status_code, answer.text) == (404, "<p>There is no page here</p>"), path
        assert answer.headers["content-type"].startswith("text/html")
    problem_of(site.get("/api/v1/nope"), 404, "not-found")
    problem_of(site.post("/runs/"), 404, "not-found")
    assert site.get("/health/live").status_code == 200


def test_files_are_kept_as_long_as_their_names(site: TestClient) -> None:
    script = site.get("/_next/static/chunks/a1.js", headers={"accept-encoding": "gzip"})
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["content-encoding"] == "gzip"
    assert script.headers["vary"] == "Accept-Encoding"
    assert script.text.startswith("load('/_next/static/chunks/b2.js')")
    plain = site.get("/_next/static/chunks/a1.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == script.text
    font = site.get("/_next/static/media/inter.woff2")
    assert (font.headers["content-type"], len(font.content)) == ("font/woff2", 2560)
    page = site.get("/runs/")
    again = site.get("/runs/", headers={"if-none-match": f'"other", W/{page.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["content-security-policy"] == page.headers["content-security-policy"]


def test_below_a_path_whether_the_proxy_passes_it_on_or_not(below: TestClient) -> None:
    for path in ("/firms/runs/", "/runs/"):
        page = below.get(path)
        assert 'content="/firms/api"' in page.text
        assert 'src="/firms/_next/static/chunks/a1.js"' in page.text
        assert hash_of(SCRIPT.replace("/__firmograph_base__", "/firms")) in page.headers["content-security-policy"]
    assert "'/firms/_next/static/chunks/b2.js'" in below.get("/firms/_next/static/chunks/a1.js").text
    assert below.get("/firms?a=1").headers["location"] == "/firms/?a=1"
    assert below.get("/firms/runs?a=1").headers["location"] == "/firms/runs/?a=1"
    assert below.get("/firms/health/live").status_code == 200
    assert below.get("/firmsmore").status_code == 404


def test_the_token_is_asked_for_below_a_path_too(below: TestClient) -> None:
    for path in ("/firms/api/v1/runs", "/api/v1/runs"):
        problem_of(below.get(path), 401, "unauthorized")
        assert below.get(path, headers={"authorization": "Bearer tok"}).status_code == 200


def test_without_a_built_dashboard_a_page_says_how_to_build_it(open_firmograph: Any, tmp_path: Path) -> None:
    with open_firmograph() as app:
        client = TestClient(create_web_app(app, dashboard=tmp_path / "none"))
        answer = client.get("/")
        assert "make serve" in answer.text
        assert answer.headers["content-security-policy"] == policy_of(answer.text)
        assert "script" not in answer.text
        problem_of(client.get("/runs/"), 404, "not-found")
        assert client.get("/openapi.json").status_code == 200


@pytest.mark.parametrize("path", ["firms", "//firms", "/firms/../x", '/a"b', "/a b", "/<script>"])
def test_a_base_path_is_a_plain_path(open_firmograph: Any, path: str) -> None:
    with pytest.raises(SettingsError, match="must be a path such as /firmograph"), open_firmograph(base_path=path):
        pass
