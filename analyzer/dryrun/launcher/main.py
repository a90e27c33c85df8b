"""Entry of the launcher, run by path in isolated mode: only tflint's own code is imported."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[3]))
    from analyzer.dryrun.launcher import supervising

    sys.exit(supervising.main(sys.argv[1]))
