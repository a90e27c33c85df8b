#!/usr/bin/env python
"""Keyword spotting trainer."""
from lib.trainer import KeywordTrainer
from lib import options


def main():
    opts = options.parse([])
    trainer = KeywordTrainer(opts)
    trainer.fit()
    trainer.export()


if __name__ == '__main__':
    main()
