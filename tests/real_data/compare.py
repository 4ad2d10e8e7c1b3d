#!/usr/bin/python3
"""Real data, learned by an fnn-server over gRPC and by scikit-learn or PyTorch with the same
network, loss, optimiser, learning rate, batch size, epochs, L2, scaling and rows. Prints the means
over seeds as a table, and exits with 1 where FNN is worse by more than half a point (one hundredth
of accuracy or of R^2), or below what the case has to reach. Each side trains on one thread.

  deploy/install-dependencies.sh real-data
  tests/real_data/compare.py [--only NAME,...] [--seeds N] [--server build/release/bin/fnn-server]
"""

import argparse
import os
import statistics
import sys
import time
from dataclasses import dataclass
from typing import Callable, Optional, Tuple

import data
import peers
import torch
from google.protobuf import text_format
from service import ROOT, Service
from threadpoolctl import threadpool_limits

TOLERANCE = 0.5  # points


@dataclass
class Case:
    """`network` is a file of client/examples; without it `hidden` and `activation` make one."""
    name: str
    data: Callable
    epochs: int
    batch_size: int
    learning_rate: float
    optimizer: str = 'adam'
    l2: float = 0
    loss: str = 'cross_entropy'
    scaling: Optional[str] = None
    outputs: int = 1
    hidden: Tuple[int, ...] = ()
    activation: str = 'relu'
    network: Optional[str] = None
    at_least: Optional[float] = None  # points

    @property
    def metric(self):
        return 'r2' if self.loss == 'mean_squared_error' else 'accuracy'


CASES = [
    Case('iris', data.iris, outputs=3, hidden=(16,), activation='tanh', scaling='standardize',
         epochs=100, batch_size=10, learning_rate=0.005, l2=0.001),
    Case('wine', data.wine, outputs=3, hidden=(16,), scaling='standardize', optimizer='momentum',
         epochs=50, batch_size=12, learning_rate=0.01, l2=0.001),
    Case('breast cancer', data.breast_cancer, hidden=(32, 16), scaling='standardize',
         loss='binary_cross_entropy', epochs=50, batch_size=38, learning_rate=0.001, l2=0.01),
    Case('diabetes', data.diabetes, hidden=(16,), activation='tanh', scaling='standardize',
         loss='mean_squared_error', epochs=200, batch_size=30, learning_rate=0.003, l2=0.1),
    Case('optdigits', data.optdigits, outputs=10, hidden=(64,), epochs=30, batch_size=32,
         learning_rate=0.001, l2=0.0001),
    Case('optdigits, residual', data.optdigits, network='residual', scaling='min_max', epochs=15,
         batch_size=32, learning_rate=0.001),
    Case('MNIST', data.mnist, outputs=10, hidden=(128,), scaling='min_max', epochs=20,
         batch_size=64, learning_rate=0.001, l2=0.0001),
    Case('MNIST, convolutional', data.mnist, network='mnist_cnn', scaling='min_max', epochs=12,
         batch_size=32, learning_rate=0.001, at_least=97.5),
]


def network_of(case, features, service):
    """The fnn.v1.Network of a case. Dense layers start as scikit-learn's do."""
    if case.network:
        with open(os.path.join(ROOT, f'client/examples/{case.network}.textproto'),
                  encoding='utf-8') as file:
            text = file.read()
    else:
        last = {'cross_entropy': 'softmax', 'binary_cross_entropy': 'logistic',
                'mean_squared_error': 'identity'}[case.loss]
        scaling = f'scaling {{ {case.scaling} {{}} }}' if case.scaling else ''
        text = f'inputs {{ shape: {features} {scaling} }}'
        fan_in = features
        for units, activation in [*((units, case.activation) for units in case.hidden),
                                  (case.outputs, last)]:
            bound = (6 / (fan_in + units))**0.5  # scikit-learn's biases start like its weights.
            text += f'''layers {{ dense {{
                units: {units} activation {{ {activation} {{}} }}
                weight_initializer {{ xavier {{}} }}
                bias_initializer {{ uniform {{ low: {-bound} high: {bound} }} }} }} }}'''
            fan_in = units
        text += f'outputs {{ loss {{ {case.loss} {{}} }} }}'
    return text_format.Parse(text, service.network.Network())


def fnn(case, train, test, seed, service):
    def source(table):
        return (service.upload(table.file) if table.file else
                service.inline(table.features, table.targets))
    options = text_format.Parse(
        f'''optimizer {{ learning_rate: {case.learning_rate} {case.optimizer} {{}} }}
            epochs: {case.epochs} batch_size: {case.batch_size} seed: {seed} threads: 1
            regularization {{ l2: {case.l2} }}''', service.training.TrainingOptions())
    network = network_of(case, train.features.shape[1], service)
    model = service.train(network, source(train), options)
    return service.evaluate(model, source(test), case.metric)


class Side:
    """Scores of FNN or of a peer in points, one for each seed, and the seconds they took."""

    def __init__(self, learn):
        self.learn = learn
        self.points = []
        self.seconds = 0.0

    def add(self, case, seed):
        parts = list(case.data(seed))
        start = time.perf_counter()
        self.points.append(100 * statistics.mean(self.learn(case, *part, seed) for part in parts))
        self.seconds += time.perf_counter() - start

    @property
    def mean(self):
        return statistics.mean(self.points)

    def __str__(self):
        spread = statistics.stdev(self.points) if len(self.points) > 1 else 0
        return f'{self.mean:.2f} ± {spread:.2f}'


def compare(case, seeds, service):
    """Prints the row of a case and tells whether it is good enough."""
    peer = peers.pytorch if case.network else peers.scikit_learn
    sides = [Side(lambda *args: fnn(*args, service)), Side(peer)]
    for seed in range(seeds):
        for side in sides:
            side.add(case, seed)
    ours, theirs = sides
    difference = ours.mean - theirs.mean
    enough = difference >= -TOLERANCE and ours.mean >= (case.at_least or -float('inf'))
    print(f'| {case.name} | {case.metric} | {ours} | {theirs}, {peer.__name__} '
          f'| {difference:+.2f} | {ours.seconds:.1f} s | {theirs.seconds:.1f} s '
          f'| {"yes" if enough else "NO"} |', flush=True)
    return enough


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--server', default=os.path.join(ROOT, 'build/release/bin/fnn-server'))
    parser.add_argument('--seeds', type=int, default=5)
    parser.add_argument('--only', default='', help='cases with one of these in their names')
    options = parser.parse_args()
    cases = [case for case in CASES if any(part in case.name for part in options.only.split(','))]
    if not cases:
        parser.error(f'no case of that name; there are {", ".join(case.name for case in CASES)}')
    torch.set_num_threads(1)
    print('| data | metric | FNN | peer | difference | FNN took | peer took | good enough |')
    print('|---|---|---|---|---|---|---|---|', flush=True)
    with Service(options.server) as service, threadpool_limits(1):
        enough = [compare(case, options.seeds, service) for case in cases]
    sys.exit(0 if all(enough) else 1)


if __name__ == '__main__':
    main()
