#!/usr/bin/python3
"""Metrics of made-up predictions, by scikit-learn.

    /usr/bin/python3 tests/core/reference/metrics.py > tests/core/reference/metrics.csv

A row has the metric, its arguments in the order of its list, the number of outputs, predictions and
targets row by row, the rows' weights where they have any, and the value. Several numbers in one cell are separated by blanks. Predictions and
targets are floats as well, and many are equal. A new metric is an entry of CLASSES or VALUES.
"""

import warnings

import numpy as np
from sklearn import metrics as sk

warnings.filterwarnings("ignore")  # Of figures that are 0 / 0, on purpose.

random = np.random.RandomState(7)
random_weights = np.random.RandomState(11)


def one_hot(y, outputs):
    return np.eye(outputs)[y]


def predicted(p):
    return (p[:, 0] >= 0.5).astype(int) if p.shape[1] == 1 else p.argmax(axis=1)


def averaged(score):
    names = {1: "macro", 2: "micro", 3: "weighted"}
    return [((a,), lambda y, p, w, a=a: score(y, predicted(p), average=names[a], sample_weight=w, zero_division=0))
            for a in names]


def positive(p):
    """The score of the second class of two."""
    return p[:, -1]


def has_both(is_class, w):
    """Whether rows that count are of the class, and others are not."""
    return 0 < is_class[w > 0].sum() < (w > 0).sum()


def roc_auc(y, p, w):
    counts = np.ones(len(y)) if w is None else w
    if p.shape[1] <= 2:
        return sk.roc_auc_score(y, positive(p), sample_weight=w) if has_both(y == 1, counts) else np.nan
    scores = [sk.roc_auc_score(y == c, p[:, c], sample_weight=w) for c in range(p.shape[1])
              if has_both(y == c, counts)]
    return np.mean(scores) if scores else np.nan


def pr_auc(y, p, w):
    if p.shape[1] <= 2:
        return sk.average_precision_score(y, positive(p), sample_weight=w)
    return sk.average_precision_score(one_hot(y, p.shape[1]), p, average="macro", sample_weight=w)


def top_k(k):
    def score(y, p, w):
        if p.shape[1] == 1:
            return sk.top_k_accuracy_score(y, p[:, 0], k=k, labels=[0, 1], sample_weight=w)
        if p.shape[1] == 2:
            return None  # scikit-learn takes one score for two classes.
        return sk.top_k_accuracy_score(y, p, k=k, labels=range(p.shape[1]), sample_weight=w)
    return score


def log_loss(y, p, w):
    return sk.log_loss(y, p[:, 0] if p.shape[1] == 1 else p, labels=range(max(2, p.shape[1])), sample_weight=w)


# Of classes y, predictions p [rows, outputs] and weights w or None; each with the arguments.
CLASSES = {
    "accuracy": [((), lambda y, p, w: sk.accuracy_score(y, predicted(p), sample_weight=w))],
    "top_k_accuracy": [((k,), top_k(k)) for k in (1, 2, 3, 5)],
    "precision": averaged(sk.precision_score),
    "recall": averaged(sk.recall_score),
    "f1": averaged(sk.f1_score),
    "log_loss": [((), log_loss)],
    "roc_auc": [((), roc_auc)],
    "pr_auc": [((), pr_auc)],
}

# Of targets t and predictions p, both [rows, outputs], and weights w or None.
VALUES = {
    "mean_squared_error": lambda t, p, w: sk.mean_squared_error(t, p, sample_weight=w),
    "root_mean_squared_error": lambda t, p, w: sk.mean_squared_error(t, p, sample_weight=w, squared=False),
    "mean_absolute_error": lambda t, p, w: sk.mean_absolute_error(t, p, sample_weight=w),
    "r2": lambda t, p, w: sk.r2_score(t, p, sample_weight=w),
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


def weights(rows):
    """Multiples of one quarter from 0 to 2, the first never 0."""
    w = random_weights.randint(0, 9, rows) / 4
    w[0] = max(w[0], 0.25)
    return w


def cell(values):
    return " ".join(repr(int(x)) if x == int(x) else repr(float(x)) for x in np.ravel(values))


def line(name, arguments, p, t, w, value):
    print(f"{name},{cell(arguments)},{p.shape[1]},{cell(p)},{cell(t)},{'' if w is None else cell(w)},"
          f"{float(value)!r}")


def main():
    print("metric,arguments,outputs,predictions,targets,weights,value")
    for i, (y, p) in enumerate(class_cases()):
        t = y if p.shape[1] == 1 else one_hot(y, p.shape[1])
        # Every other case by weights as well.
        for w in (None, weights(len(y))) if i % 2 == 0 else (None,):
            for name, figures in CLASSES.items():
                for arguments, figure in figures:
                    value = figure(y, p, w)
                    if value is not None:
                        line(name, arguments, p, t, w, value)
    for t, p in value_cases():
        for w in (None, weights(len(t))):
            for name, figure in VALUES.items():
                line(name, (), p, t, w, figure(t, p, w))


if __name__ == "__main__":
    main()
