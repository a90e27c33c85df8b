import argparse


def parse(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument('--samples', type=int, default=64)
    parser.add_argument('--frames', type=int, default=8)
    parser.add_argument('--labels', default='yes,no,up')
    parser.add_argument('--model-dir', default='kws')
    parser.add_argument('--feature', choices=['energy', 'quantile'], default='quantile')
    return parser.parse_args(argv)
