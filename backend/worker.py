"""The worker for `python worker.py [--burst]`: the same as `firmograph worker`."""

import sys

from firmograph.cli.main import main

if __name__ == "__main__":
    sys.argv[1:1] = ["worker"]
    main()
