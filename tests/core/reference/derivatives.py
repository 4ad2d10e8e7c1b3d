#!/usr/bin/python3
"""Activations and their derivatives, differentiated by SymPy from their definitions.

    python3 tests/core/reference/derivatives.py > tests/core/reference/derivatives.csv

A row has the activation, x, the value and the slope there, to 17 digits. The parameters are those of
tests/core/autodiff/symbolic_ops_test.cc; no x is a kink.
"""

from sympy import (Piecewise, Rational, diff, erf, exp, log, pi, sqrt, symbols, tanh)

x = symbols('x', real=True)
alpha, b, beta, gamma = Rational('0.75'), Rational('2.5'), Rational('1.375'), Rational('0.3')
mean, sd, threshold, value = Rational('-0.4'), Rational('1.25'), Rational('0.625'), Rational('-1.5')
SCALE, ALPHA = Rational('1.0507009873554805'), Rational('1.6732632423543773')


def logistic(z):
    return 1 / (1 + exp(-z))


def cases(*pieces):
    return Piecewise(*pieces[:-1], (pieces[-1], True))


ACTIVATIONS = {
    'identity': x,
    'logistic': logistic(x),
    'tanh': (exp(x) - exp(-x)) / (exp(x) + exp(-x)),
    'relu': cases((x, x > 0), 0),
    'hard_logistic': cases((0, x < -2), (1, x > 2), x / 4 + Rational(1, 2)),
    'hard_tanh': cases((-1, x < -1), (1, x > 1), x),
    'leaky_relu': cases((x, x > 0), gamma * x),
    'relu6': cases((0, x < 0), (6, x > 6), x),
    'elu': cases((x, x > 0), gamma * (exp(x) - 1)),
    'selu': SCALE * cases((x, x > 0), ALPHA * (exp(x) - 1)),
    'celu': cases((x, x > 0), alpha * (exp(x / alpha) - 1)),
    'softplus': log(1 + exp(x)),
    'squareplus': (x + sqrt(x**2 + b)) / 2,
    'swish': x * logistic(beta * x),
    'silu': x * logistic(x),
    'hard_swish': cases((0, x < -3), (x, x > 3), x * (x + 3) / 6),
    'mish': x * tanh(log(1 + exp(x))),
    'gelu': x * (1 + erf((x - mean) / (sd * sqrt(2)))) / 2,
    'gelu_tanh': x * (1 + tanh(sqrt(2 / pi) * (x + Rational('0.044715') * x**3))) / 2,
    'gelu_logistic': x * logistic(Rational('1.702') * x),
    'softsign': cases((x / (1 + x), x > 0), x / (1 - x)),
    'tanh_shrink': x - tanh(x),
    'soft_shrink': cases((x - threshold, x > threshold), (x + threshold, x < -threshold), 0),
    'hard_shrink': cases((x, x > threshold), (x, x < -threshold), 0),
    'log_sigmoid': log(logistic(x)),
    'exponential': exp(x),
    'threshold': cases((x, x > threshold), value),
    'step': cases((0, x < 0), 1),
    'prelu': cases((x, x > 0), gamma * x),
    'dynamic_tanh': gamma * tanh(alpha * x) + beta,
}

POINTS = [Rational(p) for p in ('-7.3', '-4.1', '-2.6', '-1.4', '-0.55', '-0.2', '0.15', '0.7', '1.3', '2.4',
                                '3.6', '6.8')]

print('activation,x,value,slope')
for name, f in ACTIVATIONS.items():
    slope = diff(f, x)
    for point in POINTS:
        numbers = [float(e.subs(x, point).evalf(40)) for e in (f, slope)] if f != x else [float(point), 1.0]
        print(','.join([name, repr(float(point))] + [repr(n) for n in numbers]))
