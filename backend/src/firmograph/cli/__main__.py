"""`python -m firmograph.cli` is the command line."""

from firmograph.cli.main import main

main()
