"""`python -m firmograph` is the command line."""

from firmograph.cli.main import main

main()
