"""What `doctor` finds: each with its fix, where there is something to mend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import typer


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check came to. With a `fix` it is a problem or, where all works as it is, a warning."""

    what: str
    found: str
    fix: str | None = None
    is_warning: bool = False

    @property
    def is_problem(self) -> bool:
        return self.fix is not None and not self.is_warning


def print_findings(findings: Iterable[Finding]) -> int:
    """Print each as it comes; returns how many are problems."""
    problems = 0
    for finding in findings:
        mark = "ok     " if finding.fix is None else "warning" if finding.is_warning else "PROBLEM"
        typer.echo(f"{mark}  {finding.what}: {finding.found}")
        if finding.fix is not None:
            typer.echo(f"         {finding.fix}")
        problems += finding.is_problem
    return problems
