"""`python -m analyzer`: the spelling that no other `tflint` on PATH can take."""

from analyzer.cli import main

main(prog_name="tflint")
