#!/usr/bin/python3
"""Trains small networks in plain NumPy (float64) and prints each epoch's loss and regularisation.

    /usr/bin/python3 tests/core/reference/training_losses.py > tests/core/reference/training_losses.csv

Independent of the engine: every gradient is written out by hand. Weights, features and targets are
fractions of powers of two, so that the test's float and double start from the same numbers.
"""

import numpy as np

ROWS, FEATURES, HIDDEN, OUTPUTS = 23, 4, (6, 5), 3
BATCH, EPOCHS = 8, 20
L2 = 0.0625
LEARNING_RATE = {"sgd": 0.125, "momentum": 0.03125, "adam": 0.015625}


def initial_parameters():
    """Layer by layer W [units, fan_in], b [units]; the i-th number of all is the formula's."""
    widths = (FEATURES, *HIDDEN, OUTPUTS)
    i = 0
    out = []
    for fan_in, units in zip(widths, widths[1:]):
        for shape in ((units, fan_in), (units,)):
            n = int(np.prod(shape))
            k = np.arange(i, i + n)
            out.append(((k * 37 + 11) % 101 - 50).reshape(shape) / 64.0)
            i += n
    return out


def features():
    r, c = np.mgrid[0:ROWS, 0:FEATURES]
    return ((r * 31 + c * 17) % 23 - 11) / 8.0


def targets(loss):
    r, c = np.mgrid[0:ROWS, 0:OUTPUTS]
    fifth = (r * 3 + c * 5) % 5
    if loss in ("hinge", "squared_hinge"):
        return np.where(fifth > 1, 1.0, -1.0)
    if loss in ("binary_cross_entropy", "poisson"):
        return fifth / 4.0
    if loss not in ("cross_entropy", "kl_divergence", "focal"):
        return ((r * 5 + c * 3) % 9 - 4) / 4.0
    return ((r * r + r // 3) % OUTPUTS == c).astype(float)


def logistic(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))))


ACTIVATIONS = {
    "logistic": (logistic, lambda z: logistic(z) * (1 - logistic(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float)),
}


def loss_and_slope(loss, z, t):
    """Each row's loss, and its slope with regard to the last net input z."""
    d = z - t
    elementwise = {
        "mean_squared_error": lambda: (d ** 2, 2 * d),
        "mean_absolute_error": lambda: (np.abs(d), np.sign(d)),
        "huber": lambda: (np.where(np.abs(d) <= 1, d ** 2 / 2, np.abs(d) - 0.5), np.clip(d, -1, 1)),
        "log_cosh": lambda: (np.logaddexp(d, -d) - np.log(2), np.tanh(d)),
        "hinge": lambda: (np.maximum(0, 1 - t * z), np.where(t * z < 1, -t, 0)),
        "squared_hinge": lambda: (np.maximum(0, 1 - t * z) ** 2, -2 * t * np.maximum(0, 1 - t * z)),
        "poisson": lambda: (np.exp(z) - t * z, np.exp(z) - t),
        "quantile": lambda: (np.abs(d) / 2, np.where(d >= 0, 0.5, -0.5)),
    }
    if loss in elementwise:
        value, slope = elementwise[loss]()
        return value.mean(axis=1), slope / z.shape[1]
    if loss == "binary_cross_entropy":
        p = logistic(z)
        return (-t * np.log(p) - (1 - t) * np.log(1 - p)).mean(axis=1), (p - t) / z.shape[1]
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    if loss == "focal":
        q = 1 - p
        h = t * (2 * q * p * np.log(p) - q ** 2)
        return -(t * q ** 2 * np.log(p)).sum(axis=1), h - p * h.sum(axis=1, keepdims=True)
    # One-hot targets have no entropy: kl_divergence is the same.
    return -(t * np.log(p)).sum(axis=1), p - t


def train(optimizer, loss, hidden, l2):
    parameters = initial_parameters()
    first = [np.zeros_like(p) for p in parameters]
    second = [np.zeros_like(p) for p in parameters]
    f, slope = ACTIVATIONS[hidden]
    x_all, t_all = features(), targets(loss)
    rate, step = LEARNING_RATE[optimizer], 0
    for epoch in range(1, EPOCHS + 1):
        total = 0.0
        for begin in range(0, ROWS, BATCH):
            x, t = x_all[begin:begin + BATCH], t_all[begin:begin + BATCH]
            w1, b1, w2, b2, w3, b3 = parameters
            z1 = x @ w1.T + b1
            a1 = f(z1)
            z2 = a1 @ w2.T + b2
            a2 = f(z2)
            z3 = a2 @ w3.T + b3
            row_losses, d3 = loss_and_slope(loss, z3, t)
            total += row_losses.sum()
            n = len(x)
            d2 = (d3 @ w3) * slope(z2)
            d1 = (d2 @ w2) * slope(z1)
            gradients = [d1.T @ x / n + l2 * w1, d1.sum(axis=0) / n,
                         d2.T @ a1 / n + l2 * w2, d2.sum(axis=0) / n,
                         d3.T @ a2 / n + l2 * w3, d3.sum(axis=0) / n]
            step += 1
            for i, g in enumerate(gradients):
                if optimizer == "sgd":
                    update = g
                elif optimizer == "momentum":
                    first[i] = 0.9 * first[i] + g
                    update = first[i]
                else:
                    first[i] = 0.9 * first[i] + 0.1 * g
                    second[i] = 0.999 * second[i] + 0.001 * g ** 2
                    m = first[i] / (1 - 0.9 ** step)
                    v = second[i] / (1 - 0.999 ** step)
                    update = m / (np.sqrt(v) + 1e-8)
                parameters[i] = parameters[i] - rate * update
        squares = sum((parameters[i] ** 2).sum() for i in (0, 2, 4))
        yield epoch, total / ROWS, 0.5 * l2 * squares


# With every optimiser; the others with one.
FIRST_LOSSES = ("mean_squared_error", "cross_entropy", "binary_cross_entropy")
LOSSES = (*FIRST_LOSSES, "mean_absolute_error", "huber", "log_cosh", "hinge", "squared_hinge", "kl_divergence",
          "poisson", "quantile", "focal")


def main():
    print("optimizer,loss,hidden,l2,learning_rate,epoch,train_loss,regularization")
    for optimizer in LEARNING_RATE:
        for loss in LOSSES if optimizer == "momentum" else FIRST_LOSSES:
            for hidden in ACTIVATIONS:
                for l2 in (0.0, L2):
                    for epoch, value, penalty in train(optimizer, loss, hidden, l2):
                        print(f"{optimizer},{loss},{hidden},{l2!r},{LEARNING_RATE[optimizer]!r},{epoch},"
                              f"{float(value)!r},{float(penalty)!r}")


if __name__ == "__main__":
    main()
