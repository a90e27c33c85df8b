"""The command as a process of its own: `tflint`, and `python -m analyzer`, which no other `tflint` can take."""

from __future__ import annotations

import gc


def run() -> None:
    # Collections at the start find nothing; whoever makes cycles later collects them.
    gc.disable()
    from analyzer.cli import main

    main(prog_name="tflint")


if __name__ == "__main__":
    run()
