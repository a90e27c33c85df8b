"""What TensorFlow said, short enough to be read."""

from __future__ import annotations

import re

A_PLACE = re.compile(r"<unknown>:\d+: ")
A_LOG_LINE = re.compile(r"\d{4}-\d\d-\d\d [\d:.]+: [EFW] (?:[\w./]+:\d+\] ?)?")
LONGEST = 200


def spoken(words: str) -> str:
    """TensorFlow's words on one line, without the locations that MLIR writes before each of its sentences."""
    words = A_LOG_LINE.sub("", A_PLACE.sub("", " ".join(words.split())))
    while (begin := words.find("loc(")) >= 0:
        depth = 0
        for end in range(begin + 3, len(words)):
            depth += {"(": 1, ")": -1}.get(words[end], 0)
            if depth == 0:
                break
        else:
            return words[:begin].rstrip()
        words = words[:begin] + words[end + 1 :].removeprefix(":").lstrip()
    return words


def about(words: str, op: str) -> str:
    """What TensorFlow said of this op, the first line where it said nothing of it in particular."""
    said = next((part for part in words.split("error:") if f"'tf.{op}' op" in part), "")
    return first_line(f"error:{said}") if said else first_line(words)


def first_line(words: str) -> str:
    """The first line of what TensorFlow said, without MLIR's locations."""
    line = spoken(words.strip().split("\n", 1)[0])
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
