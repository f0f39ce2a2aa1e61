"""How tests of the intake read a list."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .lists import List


@pytest.fixture
def read() -> Callable[..., List]:
    return List
