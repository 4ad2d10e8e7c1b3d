#!/usr/bin/python3
"""Loss surfaces by NumPy (float64): the losses of a network of tanh and softmax over a plane through its
parameters, once as it starts and once when it is trained so well that little is left of its loss.

    /usr/bin/python3 tests/core/reference/surface_losses.py > tests/core/reference/surface_losses.csv

Each line: the parameters, layer by layer W [units, fan_in] and b [units], numbers that a float holds; the
features, a blank between numbers and `;` between rows; the classes; the seed of the directions; the values of x
and of y; the losses by cross-entropy and by the mean squared error of the probabilities, `;` between values of y.
Nothing is shared with what it is held against: the directions are drawn here by Philox4x32-10 (Salmon et al.,
2011), Box and Muller's transform, and scaled filter by filter (Li et al., 2018).
"""

import numpy as np

ROWS, FEATURES, HIDDEN, CLASSES = 30, 4, 7, 3
SHAPES = ((HIDDEN, FEATURES), (HIDDEN,), (CLASSES, HIDDEN), (CLASSES,))
DIRECTIONS = 5  # What draws of directions are for, in the counter.


def philox(counter, key):
    counter, key = list(counter), list(key)
    for _ in range(10):
        a, b = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [b >> 32 ^ counter[1] ^ key[0], b & 0xFFFFFFFF, a >> 32 ^ counter[3] ^ key[1], a & 0xFFFFFFFF]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return counter


def normal(seed, direction, index):
    bits = philox((index, 0, direction, DIRECTIONS), (seed, 0))
    unit = lambda low, high: ((high << 32 | low) >> 11) * 2.0 ** -53
    return np.sqrt(-2 * np.log(1 - unit(bits[0], bits[1]))) * np.cos(2 * np.pi * unit(bits[2], bits[3]))


def direction(parameters, seed, which):
    """Biases stay; each unit's weights get the norm that they have."""
    out, at = [], 0
    for p in parameters:
        d = np.zeros(p.shape)
        if p.ndim == 2:
            d = np.array([normal(seed, which, at + i) for i in range(p.size)]).reshape(p.shape)
            d *= np.linalg.norm(p, axis=1, keepdims=True) / np.linalg.norm(d, axis=1, keepdims=True)
        out.append(d)
        at += p.size
    return out


def forward(parameters, x):
    w1, b1, w2, b2 = parameters
    h = np.tanh(x @ w1.T + b1)
    return h, h @ w2.T + b2


def losses(parameters, x, labels):
    _, z = forward(parameters, x)
    z = z - z[np.arange(len(z)), labels][:, None]  # log p of the class is -log(1 + what the others have).
    others = np.exp(z)
    others[np.arange(len(z)), labels] = 0
    rest = others.sum(axis=1)
    off = others / (1 + rest)[:, None]
    off[np.arange(len(z)), labels] = -rest / (1 + rest)
    return np.log1p(rest).mean(), (off ** 2).mean()


def train(parameters, x, labels, steps, rate):
    t = np.eye(CLASSES)[labels]
    for _ in range(steps):
        h, z = forward(parameters, x)
        p = np.exp(z - z.max(axis=1, keepdims=True))
        d2 = (p / p.sum(axis=1, keepdims=True) - t) / len(x)
        d1 = d2 @ parameters[2] * (1 - h ** 2)
        slopes = (d1.T @ x, d1.sum(axis=0), d2.T @ h, d2.sum(axis=0))
        parameters = [p - rate * s for p, s in zip(parameters, slopes)]
    return parameters


def text(rows):
    return ";".join(" ".join(repr(float(v)) for v in np.atleast_1d(row)) for row in rows)


print("parameters,features,classes,seed,x,y,cross_entropy,mean_squared_error")
random = np.random.default_rng(11)
labels = np.arange(ROWS) % CLASSES
features = (random.normal(size=(ROWS, FEATURES)) / 2 + 2 * np.eye(FEATURES)[labels]).astype(np.float32).astype(float)
start = [random.normal(size=shape) / 2 for shape in SHAPES]
for steps, reach, seed in ((0, 1.0, 3), (200000, 0.25, 8)):
    center = [p.astype(np.float32).astype(float) for p in train(start, features, labels, steps, 0.5)]
    a, b = direction(center, seed, 0), direction(center, seed, 1)
    xs, ys = np.linspace(-reach, reach, 5), np.linspace(-reach, reach, 3)
    grid = [[losses([p + u * da + v * db for p, da, db in zip(center, a, b)], features, labels) for u in xs]
            for v in ys]
    print(text([np.concatenate([p.ravel() for p in center])]), text(features), text([labels]), seed, text([xs]),
          text([ys]), text([[c for c, _ in row] for row in grid]), text([[m for _, m in row] for row in grid]), sep=",")
