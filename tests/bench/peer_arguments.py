"""The command line that every peer takes."""

import argparse


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('network', help='such as 784-256-10')
    parser.add_argument('batch', type=int)
    parser.add_argument('optimizer', choices=['sgd', 'adam'])
    parser.add_argument('--rows', type=int, default=8192, help='a multiple of batch')
    parser.add_argument('--threads', type=int, default=1)
    args = parser.parse_args()
    args.widths = [int(width) for width in args.network.split('-')]
    return args
