"""The demo keeps to itself: its own folder, its own settings, and the sandbox told from everything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmograph.cli.demonstration import _prepared_folder, demo_settings, example_list
from firmograph.errors import SettingsError
from firmograph.sandbox.options import SandboxOptions
from firmograph.sandbox.probe import is_sandbox_at
from firmograph.sandbox.server import running_sandbox


def test_no_setting_of_this_machine_reaches_the_demo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("EXPLORIUM_API_KEY=a-real-key\nFIRMOGRAPH_MAX_UPLOAD_MB=3\n")
    for name, value in {
        "EXPLORIUM_API_KEY": "a-real-key",
        "EXPLORIUM_API_VERSION": "v1",
        "DATABASE_URL": "postgresql://somewhere/else",
        "REDIS_URL": "redis://somewhere",
    }.items():
        monkeypatch.setenv(name, value)
    settings = demo_settings("http://127.0.0.1:1")
    assert settings.explorium_api_key is not None
    assert settings.explorium_api_key.get_secret_value() == "sandbox"
    assert (settings.explorium_base_url, settings.explorium_api_version) == ("http://127.0.0.1:1", "v2")
    assert settings.is_sqlite
    assert settings.redis_url is None
    assert settings.data_dir.name == "demo"
    assert settings.max_upload_mb == 1024
    assert demo_settings().explorium_api_key is None


def test_fresh_empties_only_what_the_demo_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FIRMOGRAPH_DATA_DIR", str(tmp_path / "mine"))
    folder = _prepared_folder(is_fresh=False)
    (folder / "firmograph.db").touch()
    assert not (_prepared_folder(is_fresh=True) / "firmograph.db").exists()
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "firmograph.db").touch()
    monkeypatch.setenv("FIRMOGRAPH_DATA_DIR", str(tmp_path / "theirs"))
    with pytest.raises(SettingsError, match="--fresh"):
        _prepared_folder(is_fresh=True)
    assert (tmp_path / "theirs" / "firmograph.db").exists()


def test_the_example_list_is_found() -> None:
    assert len(example_list().read_text(encoding="utf-8-sig").splitlines()) > 60


def test_the_sandbox_says_that_it_is_one() -> None:
    with running_sandbox(SandboxOptions(latency_ms=0)) as base_url:
        assert is_sandbox_at(base_url)
    assert not is_sandbox_at(base_url)
    assert not is_sandbox_at("https://api.explorium.ai")
    assert not is_sandbox_at("ftp://127.0.0.1")
