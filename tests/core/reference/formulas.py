#!/usr/bin/python3
"""Activations and losses with their slopes, computed with 60 digits by mpmath.

    /usr/bin/python3 tests/core/reference/formulas.py activations > tests/core/reference/activations.csv
    /usr/bin/python3 tests/core/reference/formulas.py losses > tests/core/reference/losses.csv
    /usr/bin/python3 tests/core/reference/formulas.py learned > tests/core/reference/learned_activations.csv
    /usr/bin/python3 tests/core/reference/formulas.py erfc

A row of activations.csv has the net inputs z of one sample, what stands above (delta), the activity,
the slope times delta, and the arguments; none are the defaults. A row of losses.csv has the loss's
arguments in the order of its list, outputs y, targets t, the loss and its slope in y. A row of
learned_activations.csv has x, the learned parameters, and the value with its slopes in x and in each
parameter. `erfc` prints the
coefficients of core/kernels/lanes-inl.h. Several numbers in one cell are separated by blanks. A new
operator is a function here.
"""

import sys

from mpmath import (cos, cosh, erfc, exp, expm1, inf, isinf, isnan, log, lu_solve, matrix, mp, mpf, nan, pi, sqrt,
                    tanh)

mp.dps = 60

FLT_MIN, FLT_MAX = 2.0 ** -126, (2 - 2.0 ** -23) * 2.0 ** 127
DBL_MIN, DBL_MAX = 2.0 ** -1022, sys.float_info.max

# All but the last are floats as well, so that both types are asked the same.
POINTS = [0.0, FLT_MIN, 2.0 ** -40, 2.0 ** -20, 2.0 ** -10, 0.03125, 0.125, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5,
          2.0, 2.5, 3.0, 4.0, 5.5, 8.0, 10.0, 12.5, 16.0, 17.5, 20.0, 30.0, 40.0, 60.0, 80.0, 88.0, 89.0,
          100.0, 128.0, 700.0, 710.0, 745.0, 1e3, 2.0 ** 20, 2.0 ** 60, 2.0 ** 100, FLT_MAX,
          DBL_MIN, DBL_MAX]
SIGNED = [s * x for x in POINTS for s in ((1, -1) if x else (1,))]

KINKS = [6.0, -6.0]  # Beside those that are points already.

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
    def both(z, delta, *arguments):
        return ([f(x, *arguments) for x in z],
                [slope(x, *arguments) * d for x, d in zip(z, delta)])
    return both


def product(f, slope):
    """x times what becomes 0 at one infinity, and is computed so: NaN there, and in both slopes."""
    return elementwise(lambda x, *p: (x if x > 0 else nan) if isinf(x) else f(x, *p),
                       lambda x, *p: nan if isinf(x) else slope(x, *p))


def quotient(f, slope):
    """Infinity over infinity."""
    return elementwise(lambda x, *p: nan if isinf(x) else f(x, *p),
                       lambda x, *p: nan if isinf(x) else slope(x, *p))


def softmax_values(z):
    if any(isinf(x) for x in z):
        return [nan for _ in z]  # Infinity over infinity.
    e = [exp(x - max(z)) for x in z]
    return [x / sum(e) for x in e]


def softmax(z, delta):
    a = softmax_values(z)
    mean = sum(x * d for x, d in zip(a, delta))
    return a, [x * (d - mean) for x, d in zip(a, delta)]


def log_softmax(z, delta):
    if any(isinf(x) for x in z):
        return [nan for _ in z], [nan for _ in z]
    log_sum = max(z) + log(sum(exp(x - max(z)) for x in z))
    return [x - log_sum for x in z], [d - exp(x - log_sum) * sum(delta) for x, d in zip(z, delta)]


def tanh_slope(x):
    return 4 * logistic(2 * x) * logistic(-2 * x)


def softplus(x):
    return max(x, mpf(0)) + log(1 + exp(-abs(x))) if abs(x) < 100 else max(x, mpf(0)) + exp(-abs(x))


def clip(x, low, high):
    return min(max(x, mpf(low)), mpf(high))


def within(x, low, high):
    return mpf(1 if low < x < high else 0)


def exponential_unit(scale, gamma, alpha):
    """scale x above 0, scale gamma (e^(x / alpha) - 1) from there down."""
    return (lambda x: scale * x if x > 0 else scale * gamma * (mpf(-1) if isinf(x) else expm1(x / alpha)),
            lambda x: scale if x > 0 else scale * gamma / alpha * exp(x / alpha))


ONE = mpf(1)
SELU = exponential_unit(mpf("1.0507009873554804934193349852946"),
                        mpf("1.6732632423543772848170429916717"), ONE)


def weighted_by_logistic(y, y_slope):
    """x / (1 + e^-y(x))."""
    def value(x, *p):
        if isinf(x):
            return x if y(x, *p) > 0 else nan
        return x * logistic(y(x, *p))

    def slope(x, *p):
        s = logistic(y(x, *p))
        return nan if isinf(x) else s + x * y_slope(x, *p) * s * logistic(-y(x, *p))
    return elementwise(value, slope)


def normal_below(u):
    if abs(u) > 1000:
        return mpf(1 if u > 0 else 0)
    return erfc(-u / sqrt(2)) / 2


def normal_density(u):
    return mpf(0) if abs(u) > 1000 else exp(-u * u / 2) / sqrt(2 * pi)


def gelu_slope(x, mean, deviation):
    u = (x - mean) / deviation
    return normal_below(u) + x / deviation * normal_density(u)


def mish_slope(x):
    return tanh(softplus(x)) + x * logistic(x) * tanh_slope(softplus(x))


def squareplus(x, b):
    # Where x is far below 0 the digits do not suffice for x + sqrt(x^2 + b).
    return (x + sqrt(x * x + b)) / 2 if x > 0 else b / (2 * (sqrt(x * x + b) - x))


def squareplus_slope(x, b):
    root = sqrt(x * x + b)
    return (1 + x / root) / 2 if x > 0 else b / (2 * root * (root - x))


DEFAULTS = {
    "leaky_relu": [mpf("0.01")], "elu": [1], "celu": [1], "squareplus": [4], "swish": [1], "gelu": [0, 1],
    "soft_shrink": [0.5], "hard_shrink": [0.5], "threshold": [0, 0],
}
# Beside the defaults; floats hold them exactly.
MORE_ARGUMENTS = {
    "leaky_relu": [[0], [0.5], [4]],
    "elu": [[0], [0.5], [3]],
    "celu": [[0.25], [8], [FLT_MIN]],
    "squareplus": [[1], [0.0625], [FLT_MIN]],
    "swish": [[0], [-2], [16], [FLT_MAX]],
    "gelu": [[1, 1], [-0.5, 0.25], [2, 8]],
    "soft_shrink": [[0], [1], [2.5]],
    "hard_shrink": [[0], [1], [2.5]],
    "threshold": [[1, -3], [-2, 0.5], [0, 20]],
}

ACTIVATIONS = {
    "identity": elementwise(lambda x: x, lambda x: mpf(1)),
    "logistic": elementwise(logistic, lambda x: logistic(x) * logistic(-x)),
    "tanh": elementwise(tanh, tanh_slope),
    "relu": elementwise(lambda x: max(x, mpf(0)), lambda x: mpf(1 if x > 0 else 0)),
    "softmax": softmax,
    "hard_logistic": elementwise(lambda x: clip(x / 4 + 0.5, 0, 1), lambda x: within(x, -2, 2) / 4),
    "hard_tanh": elementwise(lambda x: clip(x, -1, 1), lambda x: within(x, -1, 1)),
    "leaky_relu": elementwise(lambda x, g: x if x > 0 else x * g,
                              lambda x, g: ONE if x > 0 else g),
    "relu6": elementwise(lambda x: clip(x, 0, 6), lambda x: within(x, 0, 6)),
    "elu": elementwise(lambda x, g: exponential_unit(ONE, g, ONE)[0](x),
                       lambda x, g: exponential_unit(ONE, g, ONE)[1](x)),
    "selu": elementwise(*SELU),
    "celu": elementwise(lambda x, a: exponential_unit(ONE, a, a)[0](x),
                        lambda x, a: exponential_unit(ONE, a, a)[1](x)),
    "softplus": elementwise(softplus, logistic),
    "squareplus": quotient(squareplus, squareplus_slope),
    "swish": weighted_by_logistic(lambda x, b: b * x, lambda x, b: b),
    "silu": weighted_by_logistic(lambda x: x, lambda x: ONE),
    "hard_swish": product(lambda x: x * clip(x + 3, 0, 6) / 6,
                          lambda x: clip(x + 3, 0, 6) / 6 + x * within(x, -3, 3) / 6),
    "mish": product(lambda x: x * tanh(softplus(x)), mish_slope),
    "gelu": product(lambda x, m, s: x * normal_below((x - m) / s), gelu_slope),
    "gelu_tanh": weighted_by_logistic(lambda x: 2 * sqrt(2 / pi) * (x + mpf("0.044715") * x ** 3),
                                      lambda x: 2 * sqrt(2 / pi) * (1 + mpf("0.134145") * x ** 2)),
    "gelu_logistic": weighted_by_logistic(lambda x: mpf("1.702") * x, lambda x: mpf("1.702")),
    "softsign": quotient(lambda x: x / (1 + abs(x)), lambda x: 1 / (1 + abs(x)) ** 2),
    "tanh_shrink": elementwise(lambda x: x - tanh(x), lambda x: tanh(x) ** 2),
    "soft_shrink": elementwise(lambda x, c: x - clip(x, -c, c), lambda x, c: mpf(1 if abs(x) > c else 0)),
    "hard_shrink": elementwise(lambda x, c: x if abs(x) > c else mpf(0),
                               lambda x, c: mpf(1 if abs(x) > c else 0)),
    "log_sigmoid": elementwise(lambda x: -softplus(-x), lambda x: logistic(-x)),
    "exponential": elementwise(exp, exp),
    "threshold": elementwise(lambda x, t, v: x if x > t else v, lambda x, t, v: mpf(1 if x > t else 0)),
    "log_softmax": log_softmax,
    "step": elementwise(lambda x: mpf(1 if x >= 0 else 0), lambda x: mpf(0)),
}


def prelu(x, gamma):
    return [x, 1, mpf(0)] if x > 0 else [gamma * x, gamma, x]


def learned_swish(x, beta):
    s, rest = logistic(beta * x), logistic(-beta * x)
    return [x * s, s + beta * x * s * rest, x * x * s * rest]


def dynamic_tanh(x, alpha, gamma, beta):
    a, slope = tanh(alpha * x), tanh_slope(alpha * x)
    return [gamma * a + beta, gamma * alpha * slope, gamma * x * slope, a, mpf(1)]


# Of each the formula, with its slopes in x and in each parameter, and the sets of parameters; floats hold
# them exactly.
LEARNED = {
    "prelu": (prelu, [[0.25], [0], [-2], [1], [FLT_MIN]]),
    "swish": (learned_swish, [[1], [0], [-0.5], [16], [FLT_MAX]]),
    "dynamic_tanh": (dynamic_tanh, [[0.5, 1, 0], [-2, 0.25, 3], [0, 1, -1], [8, -3, 0.5]]),
}


def mean_squared_error(y, t):
    n = len(y)
    return sum((a - b) ** 2 for a, b in zip(y, t)) / n, [2 * (a - b) / n for a, b in zip(y, t)]


def binary_cross_entropy(z, t):
    n = len(z)
    return (sum(b * softplus(-a) + (1 - b) * softplus(a) for a, b in zip(z, t)) / n,
            [(logistic(a) - b) / n for a, b in zip(z, t)])


def log_sum_exp(z):
    top = max(z)
    return top + log(sum(exp(x - top) for x in z))


def cross_entropy(z, t, smoothing):
    t = [(1 - smoothing) * b + smoothing / len(t) for b in t]
    log_sum = log_sum_exp(z)
    p = softmax_values(z)
    return sum(b * (log_sum - a) for a, b in zip(z, t) if b), [a * sum(t) - b for a, b in zip(p, t)]


def mean_over_outputs(f, slope):
    def both(y, t, *arguments):
        n = len(y)
        return (sum(f(a, b, *arguments) for a, b in zip(y, t)) / n,
                [slope(a, b, *arguments) / n for a, b in zip(y, t)])
    return both


def sign(x):
    return mpf((x > 0) - (x < 0))


def huber(y, t, delta):
    d = abs(y - t)
    return delta * (d - delta / 2) if d > delta else d ** 2 / 2


def huber_slope(y, t, delta):
    return delta * sign(y - t) if abs(y - t) > delta else y - t


def log_cosh(y, t):
    d = abs(y - t)
    return d - log(2) if d > 1000 else log(cosh(d))


def shortfall(y, t):
    return max(mpf(0), 1 - (y if t > 0 else -y))


def shortfall_slope(y, t):
    return mpf(0) if shortfall(y, t) == 0 else mpf(-1 if t > 0 else 1)


def quantile(y, t, q):
    return q * (t - y) if t > y else (q - 1) * (t - y)


def quantile_slope(y, t, q):
    return -q if t > y else 1 - q


def kl_divergence(z, t):
    log_sum = log_sum_exp(z)
    p = softmax_values(z)
    return sum(b * (log(b) + log_sum - a) for a, b in zip(z, t) if b), [a * sum(t) - b for a, b in zip(p, t)]


def focal(z, t, gamma):
    log_sum = log_sum_exp(z)
    p = softmax_values(z)
    rest = [sum(p[:i] + p[i + 1:]) for i in range(len(p))]
    weight = [q ** gamma if q or gamma else mpf(1) for q in rest]
    surprise = [log_sum - x for x in z]
    h = [-b * w * ((gamma * a * s / q if q else gamma) + 1)
         for a, b, q, w, s in zip(p, t, rest, weight, surprise)]
    return (sum(b * w * s for b, w, s in zip(t, weight, surprise) if b),
            [x - a * sum(h) for x, a in zip(h, p)])


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


ANY = scalar_pairs([0.0, 1.0, -2.5]) + rows_of([0.0, 1.0, -2.5])
SIGNS = scalar_pairs([0.0, 1.0, -1.0]) + rows_of([1.0, -1.0, 0.0])
COUNTS = scalar_pairs([0.0, 1.0, 4.0]) + rows_of([1.0, 0.0, 0.5])

# Of each the sets of arguments, the formula, and the outputs and targets.
LOSSES = {
    "mean_squared_error": ([()], mean_squared_error, ANY),
    "cross_entropy": ([(0.0,), (0.125,)], cross_entropy, class_pairs()),
    "binary_cross_entropy": ([()], binary_cross_entropy,
                             scalar_pairs([0.0, 1.0, 0.25]) + rows_of([0.0, 1.0, 0.25])),
    "mean_absolute_error": ([()], mean_over_outputs(lambda y, t: abs(y - t), lambda y, t: sign(y - t)), ANY),
    "huber": ([(1.0,), (20.0,)], mean_over_outputs(huber, huber_slope), ANY),
    "log_cosh": ([()], mean_over_outputs(log_cosh, lambda y, t: tanh(y - t)), ANY),
    "hinge": ([()], mean_over_outputs(shortfall, shortfall_slope), SIGNS),
    "squared_hinge": ([()], mean_over_outputs(lambda y, t: shortfall(y, t) ** 2,
                                              lambda y, t: 2 * shortfall(y, t) * shortfall_slope(y, t)), SIGNS),
    "kl_divergence": ([()], kl_divergence, class_pairs()),
    "poisson": ([()], mean_over_outputs(lambda y, t: exp(y) - t * y, lambda y, t: exp(y) - t), COUNTS),
    "quantile": ([(0.5,), (0.875,)], mean_over_outputs(quantile, quantile_slope), ANY),
    "focal": ([(2.0,), (0.0,), (0.5,)], focal, class_pairs()),
}


def erfc_coefficients(n):
    """Of q = (x - 3) / (x + 3), the highest power first: (1 + 2x) e^(x^2) erfc(x) for x in [0, 10.25]."""
    low, high = mpf(-1), (mpf("10.25") - 3) / (mpf("10.25") + 3)
    nodes = [(low + high) / 2 + (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * n)) for i in range(n)]
    at = [3 * (1 + q) / (1 - q) for q in nodes]
    powers = matrix([[q ** (n - 1 - j) for j in range(n)] for q in nodes])
    return lu_solve(powers, matrix([(1 + 2 * x) * exp(x * x) * erfc(x) for x in at]))


def number(x):
    if isnan(x):
        return "nan"
    return repr(float(x))


def cell(values):
    return " ".join(number(x) for x in values)


def main():
    if sys.argv[1:] == ["activations"]:
        print("activation,z,delta,activity,slope,arguments")
        rows = [([x], [1.0]) for x in [*SIGNED, *KINKS, inf, -inf]] + ROWS
        for name, both in ACTIVATIONS.items():
            for arguments in [[], *MORE_ARGUMENTS.get(name, [])]:
                for z, delta in rows:
                    a, slope = both([mpf(x) for x in z], [mpf(x) for x in delta],
                                    *[mpf(x) for x in arguments or DEFAULTS.get(name, [])])
                    print(f"{name},{cell(z)},{cell(delta)},{cell(a)},{cell(slope)},{cell(arguments)}")
    elif sys.argv[1:] == ["losses"]:
        print("loss,arguments,y,t,value,slope")
        for name, (arguments, both, pairs) in LOSSES.items():
            for values, (y, t) in ((a, pair) for a in arguments for pair in pairs):
                value, slope = both([mpf(x) for x in y], [mpf(x) for x in t], *(mpf(x) for x in values))
                print(f"{name},{cell(values)},{cell(y)},{cell(t)},{number(value)},{cell(slope)}")
    elif sys.argv[1:] == ["learned"]:
        print("activation,x,parameters,value and slopes")
        for name, (f, sets) in LEARNED.items():
            for parameters in sets:
                for x in SIGNED:
                    numbers = f(mpf(x), *[mpf(p) for p in parameters])
                    print(f"{name},{number(x)},{cell(parameters)},{cell(numbers)}")
    elif sys.argv[1:] == ["erfc"]:
        print(", ".join(f"{float(c):.9g}" for c in erfc_coefficients(11)))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
