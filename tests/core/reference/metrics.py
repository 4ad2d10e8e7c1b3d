#!/usr/bin/python3
"""Metrics of made-up predictions, by scikit-learn.

    /usr/bin/python3 tests/core/reference/metrics.py > tests/core/reference/metrics.csv

A row has the metric, its arguments in the order of its list, the number of outputs, predictions and
targets row by row, and the value. Several numbers in one cell are separated by blanks. Predictions and
targets are floats as well, and many are equal. A new metric is an entry of CLASSES or VALUES.
"""

import warnings

import numpy as np
from sklearn import metrics as sk

warnings.filterwarnings("ignore")  # Of figures that are 0 / 0, on purpose.

random = np.random.RandomState(7)


def one_hot(y, outputs):
    return np.eye(outputs)[y]


def predicted(p):
    return (p[:, 0] >= 0.5).astype(int) if p.shape[1] == 1 else p.argmax(axis=1)


def averaged(score):
    names = {1: "macro", 2: "micro", 3: "weighted"}
    return [((a,), lambda y, p, a=a: score(y, predicted(p), average=names[a], zero_division=0)) for a in names]


def positive(p):
    """The score of the second class of two."""
    return p[:, -1]


def roc_auc(y, p):
    if p.shape[1] <= 2:
        return sk.roc_auc_score(y, positive(p)) if 0 < y.sum() < len(y) else np.nan
    scores = [sk.roc_auc_score(y == c, p[:, c]) for c in range(p.shape[1]) if 0 < (y == c).sum() < len(y)]
    return np.mean(scores) if scores else np.nan


def pr_auc(y, p):
    if p.shape[1] <= 2:
        return sk.average_precision_score(y, positive(p))
    return sk.average_precision_score(one_hot(y, p.shape[1]), p, average="macro")


def top_k(k):
    def score(y, p):
        if p.shape[1] == 1:
            return sk.top_k_accuracy_score(y, p[:, 0], k=k, labels=[0, 1])
        if p.shape[1] == 2:
            return None  # scikit-learn takes one score for two classes.
        return sk.top_k_accuracy_score(y, p, k=k, labels=range(p.shape[1]))
    return score


def log_loss(y, p):
    return sk.log_loss(y, p[:, 0] if p.shape[1] == 1 else p, labels=range(max(2, p.shape[1])))


# Of classes y and predictions p [rows, outputs]; each with the arguments.
CLASSES = {
    "accuracy": [((), lambda y, p: sk.accuracy_score(y, predicted(p)))],
    "top_k_accuracy": [((k,), top_k(k)) for k in (1, 2, 3, 5)],
    "precision": averaged(sk.precision_score),
    "recall": averaged(sk.recall_score),
    "f1": averaged(sk.f1_score),
    "log_loss": [((), log_loss)],
    "roc_auc": [((), roc_auc)],
    "pr_auc": [((), pr_auc)],
}

# Of targets t and predictions p, both [rows, outputs].
VALUES = {
    "mean_squared_error": sk.mean_squared_error,
    "root_mean_squared_error": lambda t, p: sk.mean_squared_error(t, p, squared=False),
    "mean_absolute_error": sk.mean_absolute_error,
    "r2": sk.r2_score,
}


def probabilities(rows, outputs, steps):
    """Whole multiples of 1 / steps that add up to 1, or for one output anything from 0 to 1."""
    if outputs == 1:
        return random.randint(0, steps + 1, (rows, 1)) / steps
    cuts = np.sort(random.randint(0, steps + 1, (rows, outputs - 1)), axis=1)
    return np.diff(cuts, axis=1, prepend=0, append=steps) / steps


def class_cases():
    for rows, outputs, steps in ((40, 1, 8), (40, 1, 4096), (40, 2, 8), (30, 3, 4), (30, 3, 4096), (40, 5, 8),
                                 (25, 12, 16), (3, 1, 2), (4, 3, 2)):
        p = probabilities(rows, outputs, steps)
        yield random.randint(0, max(2, outputs), rows), p
        # Better than chance.
        good = predicted(p)
        lost = random.rand(rows) < 0.25
        yield np.where(lost, random.randint(0, max(2, outputs), rows), good), p
        # Only one class, and never the last.
        yield np.zeros(rows, int), p
        if outputs > 2:
            yield random.randint(0, outputs - 1, rows), p


def value_cases():
    for rows, outputs, offset in ((30, 1, 0), (30, 4, 0), (30, 3, 4096), (2, 2, 0), (1, 2, 0)):
        t = random.randint(-64, 65, (rows, outputs)) / 16 + offset
        yield t, t + random.randint(-16, 17, (rows, outputs)) / 64
        yield t, random.randint(-64, 65, (rows, outputs)) / 16
    t = random.randint(-64, 65, (20, 3)) / 16
    p = t + random.randint(-16, 17, (20, 3)) / 64
    t[:, 0] = p[:, 0] = 2.5
    t[:, 1] = -1.5
    yield t, p


def cell(values):
    return " ".join(repr(int(x)) if x == int(x) else repr(float(x)) for x in np.ravel(values))


def line(name, arguments, p, t, value):
    print(f"{name},{cell(arguments)},{p.shape[1]},{cell(p)},{cell(t)},{float(value)!r}")


def main():
    print("metric,arguments,outputs,predictions,targets,value")
    for y, p in class_cases():
        t = y if p.shape[1] == 1 else one_hot(y, p.shape[1])
        for name, figures in CLASSES.items():
            for arguments, figure in figures:
                value = figure(y, p)
                if value is not None:
                    line(name, arguments, p, t, value)
    for t, p in value_cases():
        for name, figure in VALUES.items():
            line(name, (), p, t, figure(t, p))


if __name__ == "__main__":
    main()
