#!/usr/bin/python3
"""The same training in FNN, PyTorch and JAX: same network, batch size, optimiser, loss and number
of rows, in float32, each in a process of its own.

They take turns, an epoch each, so that what else the machine does hits all alike; the ratio is the
median over the rounds of peer / FNN. Each side runs with the number of threads that suits it best.

  tests/bench/peers.py --fnn-bench build/bench/bin/fnn-bench [--quick] [--json FILE]
                       [--torch-python PYTHON] [--jax-python PYTHON]

A peer that its Python does not have is left out.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# Network, batch size, rows, the least ratio wanted against PyTorch.
CASES = [
    ('784-1024-1024-10', 256, 8192, 1.3),
    ('784-256-128-10', 64, 16384, 2),
    ('20-64-64-3', 32, 16000, 20),
    ('2-16-16-2', 10, 10000, 20),
]


class Worker:
    """A process that trains an epoch for each line it is sent."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        if self.process.stdout.readline().strip() != 'ready':
            raise RuntimeError('did not get ready: ' + ' '.join(command))
        self.times = []

    def epoch(self):
        self.process.stdin.write('\n')
        self.process.stdin.flush()
        self.times.append(float(self.process.stdout.readline()))

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def has_module(python, module):
    return subprocess.run([python, '-c', 'import ' + module], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False).returncode == 0


def quartiles(values):
    return statistics.quantiles(values, n=4, method='inclusive')


def best(workers, side):
    """The number of threads with which `side` is fastest, and its times."""
    mine = {threads: worker.times for (name, threads), worker in workers.items() if name == side}
    return min(mine.items(), key=lambda item: statistics.median(item[1]))


def measure(sides, case, optimizer, options):
    network, batch, rows, _ = case
    if options.quick:
        rows = 4 * batch
    arguments = [network, str(batch), optimizer, '--rows', str(rows), '--threads']
    workers = {}
    try:
        for side, command in sides.items():
            for threads in options.threads:
                workers[side, threads] = Worker(command + arguments + [str(threads)])
        for worker in workers.values():
            worker.epoch()
            worker.times.clear()
        for _ in range(options.rounds):
            for worker in workers.values():
                worker.epoch()
                time.sleep(0.005)  # Threads that wait busily for more work give up.
        return {side: best(workers, side) for side in sides}
    finally:
        for worker in workers.values():
            worker.close()


def report(case, optimizer, side, result):
    """One line of the table, and the same for JSON."""
    network, batch, _, target = case
    if side != 'torch':
        target = None
    fnn_threads, fnn = result['fnn']
    peer_threads, peer = result[side]
    q1, median, q3 = quartiles([theirs / ours for theirs, ours in zip(peer, fnn)])
    row = {
        'network': network, 'batch': batch, 'optimizer': optimizer, 'peer': side,
        'fnn_seconds': statistics.median(fnn), 'fnn_threads': fnn_threads,
        'peer_seconds': statistics.median(peer), 'peer_threads': peer_threads,
        'ratio': median, 'ratio_q1': q1, 'ratio_q3': q3, 'at_least': target,
        'met': target is None or median >= target,
    }
    print(f'{network:18} {batch:5} {optimizer:5} {side:6}'
          f' {row["fnn_seconds"] * 1e3:11.3f} {fnn_threads:3}'
          f' {row["peer_seconds"] * 1e3:11.3f} {peer_threads:3}'
          f'  {median:7.2f} [{q1:.2f}, {q3:.2f}]'.ljust(92)
          + (f' >= {target:<4} {"met" if row["met"] else "MISSED"}' if target else ''), flush=True)
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--fnn-bench', default='build/bench/bin/fnn-bench')
    parser.add_argument('--torch-python', default='/usr/bin/python3')
    parser.add_argument('--jax-python', default=sys.executable)
    parser.add_argument('--rounds', type=int, default=15)
    parser.add_argument('--quick', action='store_true', help='few rows and rounds')
    parser.add_argument('--filter', default='', help='only networks with this in their name')
    parser.add_argument('--json', help='write the table to this file')
    options = parser.parse_args()
    if options.quick:
        options.rounds = 3
    options.threads = [n for n in (1, 2) if n <= len(os.sched_getaffinity(0))]

    sides = {'fnn': [options.fnn_bench, 'time-epochs']}
    for side, python in (('torch', options.torch_python), ('jax', options.jax_python)):
        if has_module(python, side):
            sides[side] = [python, os.path.join(HERE, f'peer_{side}.py')]
        else:
            print(f'{python} has no {side}: left out', file=sys.stderr)
    if len(sides) == 1:
        sys.exit('nothing to compare with')

    print(f'{"network":18} {"batch":>5} {"opt":5} {"peer":6} {"fnn ms":>11} {"thr":>3}'
          f' {"peer ms":>11} {"thr":>3}  ratio [quartiles]'.ljust(92) + ' target')
    rows = []
    for case in CASES:
        if options.filter not in case[0]:
            continue
        for optimizer in ('sgd', 'adam'):
            result = measure(sides, case, optimizer, options)
            rows += [report(case, optimizer, side, result) for side in sides if side != 'fnn']
    if options.json:
        with open(options.json, 'w', encoding='utf-8') as out:
            json.dump(rows, out, indent=2)


if __name__ == '__main__':
    main()
