"""Options without meaning are refused with a sentence that names them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from firmograph.errors import SettingsError
from firmograph.sandbox.options import DEFAULT_FAULTS, FaultKind, SandboxOptions


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fail_rate", 1.5),
        ("miss_rate", -0.1),
        ("no_data_rate", True),
        ("bad_id_rate", "half"),
        ("latency_ms", -1),
        ("latency_ms", 1.5),
        ("credits", None),
        ("rate_unit", "calls"),
        ("api_key", 5),
        ("faults", ["typo"]),
        ("faults", "slow"),
    ],
)
def test_a_value_without_meaning_is_refused(name: str, value: Any) -> None:
    with pytest.raises(SettingsError, match=name):
        SandboxOptions(**{name: value})


def test_changes_are_checked_too() -> None:
    options = SandboxOptions()
    assert options.changed({"faults": ["slow"], "fail_rate": 1}).faults == (FaultKind.SLOW,)
    with pytest.raises(SettingsError, match="'latency'"):
        options.changed({"latency": 5})
    with pytest.raises(SettingsError, match="state_path"):
        options.changed({"state_path": "elsewhere"})


def test_the_key_is_never_shown() -> None:
    shown = SandboxOptions(api_key="secret", state_path=Path("ids")).shown()
    assert "secret" not in str(shown)
    assert shown["state_path"] == "ids"


def test_huge_answers_come_only_on_demand() -> None:
    assert set(FaultKind) - set(DEFAULT_FAULTS) == {FaultKind.HUGE}
