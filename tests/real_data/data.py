"""The data: what is trained on, and what is measured on, as NumPy arrays and as a user has it."""

import gzip
import os
from typing import NamedTuple, Optional

import numpy
from sklearn import datasets
from sklearn.model_selection import KFold, StratifiedKFold, train_test_split

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'data')


class Table(NamedTuple):
    """Rows. Where there is a file it is uploaded, else they travel in the request."""
    features: numpy.ndarray
    targets: numpy.ndarray
    file: Optional[bytes] = None


def optdigits(_):
    """The split of its authors: other people wrote the digits of the test."""
    def read(name):
        path = os.path.join(FOLDER, name)
        rows = numpy.loadtxt(path, delimiter=',', dtype=numpy.float32)
        with open(path, 'rb') as file:
            return Table(rows[:, :-1], rows[:, -1].astype(int), file.read())
    yield read('optdigits.tra'), read('optdigits.tes')


def mnist(_):
    """The 10,000 pictures of MNIST's test set, 8,000 to train on; the same ones for every seed."""
    def read(name, header):
        with gzip.open(os.path.join(FOLDER, name)) as file:
            return numpy.frombuffer(file.read()[header:], numpy.uint8)

    def idx(array):
        header = bytes([0, 0, 8, array.ndim]) + numpy.array(array.shape, '>i4').tobytes()
        return header + array.tobytes()

    images = read('t10k-images-idx3-ubyte.gz', 16).reshape(-1, 28, 28)
    labels = read('t10k-labels-idx1-ubyte.gz', 8)
    parts = train_test_split(numpy.arange(len(labels)), train_size=8000, stratify=labels,
                             random_state=0)
    yield tuple(Table(images[rows].reshape(len(rows), -1).astype(numpy.float32),
                      labels[rows].astype(int), idx(images[rows]) + idx(labels[rows]))
                for rows in parts)


def folds(load, splitter):
    """Five parts drawn by the seed, each measured on after training on the other four."""
    def split(seed):
        features, targets = load(return_X_y=True)
        features = features.astype(numpy.float32)
        for parts in splitter(5, shuffle=True, random_state=seed).split(features, targets):
            yield tuple(Table(features[rows], targets[rows]) for rows in parts)
    return split


iris = folds(datasets.load_iris, StratifiedKFold)
wine = folds(datasets.load_wine, StratifiedKFold)
breast_cancer = folds(datasets.load_breast_cancer, StratifiedKFold)


def diabetes(seed):
    """Targets are brought to mean 0 and standard deviation 1 by those that are trained on."""
    for train, test in folds(datasets.load_diabetes, KFold)(seed):
        mean, deviation = train.targets.mean(), train.targets.std()
        yield tuple(Table(part.features, (part.targets - mean) / deviation)
                    for part in (train, test))
