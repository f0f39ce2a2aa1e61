"""The entry point of the command line. What takes long to import is imported when it is known to be needed."""

from __future__ import annotations

import os
import sys

from firmograph import __version__


def main() -> None:
    """Run the command of this process's arguments."""
    arguments = _without_debug(sys.argv[1:])
    if arguments == ["version"]:  # answered before the options' library is loaded, which takes a third of a second
        sys.stdout.write(f"firmograph {__version__}\n")
        return
    from firmograph.cli.commands import app
    from firmograph.cli.signals import treat_termination_as_interrupt
    from firmograph.cli.terminal import prepare_streams

    prepare_streams()
    treat_termination_as_interrupt()
    app(args=arguments, prog_name="firmograph")


def _without_debug(arguments: list[str]) -> list[str]:
    """Obey `--debug` wherever it stands, and take it out."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    if "--debug" not in options:
        return arguments
    os.environ["FIRMOGRAPH_LOG_LEVEL"] = "debug"
    return [argument for argument in options if argument != "--debug"] + arguments[len(options) :]


if __name__ == "__main__":
    main()
