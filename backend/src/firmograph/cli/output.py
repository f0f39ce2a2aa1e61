"""Where a list comes from and where its enriched file goes: tried before anything is spent, written in one piece."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from firmograph.errors import UserError
from firmograph.exports.formats import FORMATS, file_suffix, format_for_path

if TYPE_CHECKING:
    from firmograph.app import App
    from firmograph.runs.run import Run

STREAM = "-"
_BINARY = ("xlsx", "parquet")


@contextmanager
def opened_list(given: str) -> Iterator[BinaryIO]:
    """The list's bytes: a file, or standard input for `-`. Raises `UserError` when it can't be read."""
    if given == STREAM:
        yield sys.stdin.buffer
        return
    path = Path(given)
    try:
        file = path.open("rb")
    except IsADirectoryError:
        raise UserError(f"{given} is a folder. Give the list itself.") from None
    except FileNotFoundError:
        raise UserError(f"There is no file {given} (looked in {Path.cwd()}).") from None
    except OSError as error:
        raise UserError(f"{given} can't be read: {error.strerror}.") from None
    with file:
        yield file


def check_format(name: str | None) -> None:
    """Raises `UserError` for a format we don't write."""
    if name is not None and name not in FORMATS:
        raise UserError(f"There is no export format '{name}'. Known: {', '.join(FORMATS)}.")


def choose_output(source: str, wanted: str | None, *, file_format: str | None, own_format: str) -> tuple[str, str]:
    """Path (`-`: standard output) and format of the enriched file.

    The format is the one asked for, else that of the path's suffix, else `own_format`, the input's. Without a path the
    file goes beside the input, as `<stem>.enriched<suffix>`; standard input goes to standard output.
    """
    path = wanted or (STREAM if source == STREAM else None)
    if path is None:
        chosen = file_format or own_format
        place = Path(source)
        suffix = place.suffix if format_for_path(place, "") == chosen else file_suffix(chosen)
        return str(place.absolute().with_name(f"{place.stem}.enriched{suffix}")), chosen
    if path == STREAM:
        return STREAM, file_format or own_format
    return str(Path(path).absolute()), file_format or format_for_path(path, own_format)


def check_output(path: str, file_format: str, *, source: str | None = None) -> None:
    """Raises `UserError` when the file can't be written there, or would replace the input."""
    if path == STREAM:
        if file_format in _BINARY and sys.stdout.isatty():
            raise UserError(f"A terminal can't show {file_format}. Say where to write it with -o.")
        return
    target = _target(path)
    if target.is_dir():
        raise UserError(f"{path} is a folder. Give the name of a file to write.")
    if source not in {None, STREAM} and target.exists() and target.samefile(Path(str(source))):
        raise UserError(f"{path} is the input itself, which is never overwritten. Give another file with -o.")
    if _is_special(target):
        return
    if not target.parent.is_dir():
        raise UserError(f"There is no folder {target.parent} to write {target.name} into. Make it, or change -o.")
    try:
        part = _open_part(target)
    except OSError as error:
        raise UserError(f"{target.parent} can't be written: {error.strerror}. Give another place with -o.") from None
    part.unlink()


def write_output(app: App, run: Run, path: str, *, file_format: str, provenance: bool, neutralise: bool) -> None:
    """Write a run's file as it stands. A file appears whole or not at all. Raises `UserError` when it can't."""
    from firmograph.runs.exporting import export_plan, export_run

    plan = export_plan(run, file_format=file_format, with_provenance=provenance, neutralise=neutralise)
    write_chunks(export_run(app.database, run, plan), path, again=f"firmograph runs export {run.id} -o FILE")


def write_chunks(chunks: Iterator[bytes], path: str, *, again: str) -> None:
    """Send the chunks to a path or to standard output; `again` is the command that would write them elsewhere."""
    if path == STREAM:
        sys.stdout.flush()
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        return
    target = _target(path)
    try:
        if _is_special(target):
            _copy(chunks, target)
        else:
            _replace(chunks, target)
    except OSError as error:
        text = f"{path} could not be written: {error.strerror}. Nothing is lost: `{again}` writes it elsewhere."
        raise UserError(text) from None


def _target(path: str) -> Path:
    """The file behind a link, so that the link stays."""
    return Path(path).resolve() if Path(path).is_symlink() else Path(path)


def _is_special(target: Path) -> bool:
    """A pipe or a device: written to, never replaced."""
    return target.exists() and not target.is_file()


def _open_part(target: Path) -> Path:
    part = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    return part


def _replace(chunks: Iterator[bytes], target: Path) -> None:
    part = _open_part(target)
    try:
        _copy(chunks, part)
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


def _copy(chunks: Iterator[bytes], target: Path) -> None:
    with target.open("wb") as file:
        file.writelines(chunks)
        file.flush()
        if target.is_file():
            os.fsync(file.fileno())
