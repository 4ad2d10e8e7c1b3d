#!/usr/bin/python3
"""Activations and losses with their slopes, computed with 60 digits by mpmath.

    /usr/bin/python3 tests/core/reference/formulas.py activations > tests/core/reference/activations.csv
    /usr/bin/python3 tests/core/reference/formulas.py losses > tests/core/reference/losses.csv

A row of activations.csv has the net inputs z of one sample, what stands above (delta), the activity
and the slope times delta. A row of losses.csv has outputs y, targets t, the loss and its slope in y.
Several numbers in one cell are separated by blanks. A new operator is a function here.
"""

import sys

from mpmath import exp, inf, isinf, isnan, log, mp, mpf, nan, tanh

mp.dps = 60

FLT_MIN, FLT_MAX = 2.0 ** -126, (2 - 2.0 ** -23) * 2.0 ** 127
DBL_MIN, DBL_MAX = 2.0 ** -1022, sys.float_info.max

# All but the last are floats as well, so that both types are asked the same.
POINTS = [0.0, FLT_MIN, 2.0 ** -40, 2.0 ** -20, 2.0 ** -10, 0.03125, 0.125, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5,
          2.0, 2.5, 3.0, 4.0, 5.5, 8.0, 10.0, 12.5, 16.0, 17.5, 20.0, 30.0, 40.0, 60.0, 80.0, 88.0, 89.0,
          100.0, 128.0, 700.0, 710.0, 745.0, 1e3, 2.0 ** 20, 2.0 ** 60, 2.0 ** 100, FLT_MAX,
          DBL_MIN, DBL_MAX]
SIGNED = [s * x for x in POINTS for s in ((1, -1) if x else (1,))]

ROWS = [
    ([1.0, 2.0], [1.0, 0.0]),
    ([0.0, 0.0, 0.0], [1.0, -2.0, 3.0]),
    ([-1.5, 0.25, 3.0], [0.5, 1.0, -1.0]),
    ([100.0, 0.0, -100.0], [1.0, 2.0, 4.0]),
    ([1000.0, 1000.0, -1000.0], [1.0, -1.0, 0.0]),
    ([FLT_MAX, -FLT_MAX, 0.0], [1.0, 1.0, 1.0]),
    ([-FLT_MAX, -FLT_MAX], [1.0, 3.0]),
    ([0.5, -0.5, 0.25, -0.25, 1.0, -1.0, 2.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]),
]


def logistic(x):
    if isinf(x):
        return mpf(1 if x > 0 else 0)
    return 1 / (1 + exp(-x)) if x > -1000 else exp(x) / (1 + exp(x))


def elementwise(f, slope):
    def both(z, delta):
        return [f(x) for x in z], [slope(x) * d for x, d in zip(z, delta)]
    return both


def softmax_values(z):
    if any(isinf(x) for x in z):
        return [nan for _ in z]  # Infinity over infinity.
    e = [exp(x - max(z)) for x in z]
    return [x / sum(e) for x in e]


def softmax(z, delta):
    a = softmax_values(z)
    mean = sum(x * d for x, d in zip(a, delta))
    return a, [x * (d - mean) for x, d in zip(a, delta)]


def tanh_slope(x):
    return 4 * logistic(2 * x) * logistic(-2 * x)


ACTIVATIONS = {
    "identity": elementwise(lambda x: x, lambda x: mpf(1)),
    "logistic": elementwise(logistic, lambda x: logistic(x) * logistic(-x)),
    "tanh": elementwise(tanh, tanh_slope),
    "relu": elementwise(lambda x: max(x, mpf(0)), lambda x: mpf(1 if x > 0 else 0)),
    "softmax": softmax,
}


def mean_squared_error(y, t):
    n = len(y)
    return sum((a - b) ** 2 for a, b in zip(y, t)) / n, [2 * (a - b) / n for a, b in zip(y, t)]


def softplus(x):
    return max(x, mpf(0)) + log(1 + exp(-abs(x))) if abs(x) < 100 else max(x, mpf(0)) + exp(-abs(x))


def binary_cross_entropy(z, t):
    n = len(z)
    return (sum(b * softplus(-a) + (1 - b) * softplus(a) for a, b in zip(z, t)) / n,
            [(logistic(a) - b) / n for a, b in zip(z, t)])


def cross_entropy(z, t):
    top = max(z)
    log_sum = top + log(sum(exp(x - top) for x in z))
    p = softmax_values(z)
    return sum(b * (log_sum - a) for a, b in zip(z, t) if b), [a * sum(t) - b for a, b in zip(p, t)]


def scalar_pairs(targets):
    return [([x], [t]) for x in SIGNED for t in targets]


def class_pairs():
    out = []
    for x in SIGNED:
        # The difference of the two largest is none of their type: their loss is infinite.
        opposite = [x, -x] if abs(x) < 1e38 else [x, 0.5]
        for z in ([x, 0.0], opposite, [1.0, x, 0.5]):
            n = len(z)
            for hot in range(n):
                out.append((z, [float(i == hot) for i in range(n)]))
            out.append((z, [0.25] + [0.75 / (n - 1)] * (n - 1)))
    return out


def rows_of(targets):
    return [(z, [targets[i % len(targets)] for i in range(len(z))]) for z, _ in ROWS[:5]]


LOSSES = {
    "mean_squared_error": (mean_squared_error,
                           scalar_pairs([0.0, 1.0, -2.5]) + rows_of([0.0, 1.0, -2.5])),
    "cross_entropy": (cross_entropy, class_pairs()),
    "binary_cross_entropy": (binary_cross_entropy,
                             scalar_pairs([0.0, 1.0, 0.25]) + rows_of([0.0, 1.0, 0.25])),
}


def number(x):
    if isnan(x):
        return "nan"
    return repr(float(x))


def cell(values):
    return " ".join(number(x) for x in values)


def main():
    if sys.argv[1:] == ["activations"]:
        print("activation,z,delta,activity,slope")
        rows = [([x], [1.0]) for x in [*SIGNED, inf, -inf]] + ROWS
        for name, both in ACTIVATIONS.items():
            for z, delta in rows:
                a, slope = both([mpf(x) for x in z], [mpf(x) for x in delta])
                print(f"{name},{cell(z)},{cell(delta)},{cell(a)},{cell(slope)}")
    elif sys.argv[1:] == ["losses"]:
        print("loss,y,t,value,slope")
        for name, (both, pairs) in LOSSES.items():
            for y, t in pairs:
                value, slope = both([mpf(x) for x in y], [mpf(x) for x in t])
                print(f"{name},{cell(y)},{cell(t)},{number(value)},{cell(slope)}")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
