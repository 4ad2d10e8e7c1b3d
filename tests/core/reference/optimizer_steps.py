#!/usr/bin/python3
"""Steps of optimisers as PyTorch takes them (torch.optim, float64), on a given row of gradients.

    /usr/bin/python3 tests/core/reference/optimizer_steps.py > tests/core/reference/optimizer_steps.csv

PyTorch 1.13 has no Lion, which is written out below; and of its two Nadams the one for single tensors
multiplies a factor too many into the correction (mended in 2.0), so it is the one for many that is
asked. The rows of one case follow each other: its arguments in the order of the engine's list, the step,
the gradients of the parameters, and the parameters after the step. They start at START. A new
optimiser is a line in CASES.
"""

import torch


class Lion(torch.optim.Optimizer):
    """Chen et al. (2023), algorithm 2."""

    def __init__(self, p, lr, betas, weight_decay):
        super().__init__(p, {})
        self.args = lr, betas, weight_decay
        self.m = 0.0

    def step(self):
        lr, (beta1, beta2), weight_decay = self.args
        w = self.param_groups[0]["params"][0]
        with torch.no_grad():
            c = beta1 * self.m + (1 - beta1) * w.grad
            assert all(x == 0 or abs(x) > 1e-6 for x in c.tolist()), "a sign that rounding decides"
            w -= lr * (torch.sign(c) + weight_decay * w)
        self.m = beta2 * self.m + (1 - beta2) * w.grad


START = [1.0, -0.5, 0.25, 0.0, 3.0]
STEPS = 12
torch.set_default_dtype(torch.float64)  # Nadam keeps its product in it.


def gradient(step):
    return [((step * 7 + i * 5) % 11 - 5) / 4.0 * 10.0 ** (i - 3) for i in range(len(START))]


CASES = [
    ("sgd", 0.25, (), lambda p: torch.optim.SGD(p, lr=0.25)),
    ("momentum", 0.125, (0.9,), lambda p: torch.optim.SGD(p, lr=0.125, momentum=0.9)),
    ("momentum", 0.125, (0.5,), lambda p: torch.optim.SGD(p, lr=0.125, momentum=0.5)),
    ("momentum", 0.125, (0.0,), lambda p: torch.optim.SGD(p, lr=0.125, momentum=0.0)),
    ("adam", 0.001, (0.9, 0.999, 1e-8),
     lambda p: torch.optim.Adam(p, lr=0.001, betas=(0.9, 0.999), eps=1e-8)),
    ("adam", 0.125, (0.5, 0.75, 0.001),
     lambda p: torch.optim.Adam(p, lr=0.125, betas=(0.5, 0.75), eps=0.001)),
    ("adam", 0.125, (0.0, 0.0, 0.5),
     lambda p: torch.optim.Adam(p, lr=0.125, betas=(0.0, 0.0), eps=0.5)),
    ("nesterov", 0.125, (0.9,),
     lambda p: torch.optim.SGD(p, lr=0.125, momentum=0.9, nesterov=True)),
    ("nesterov", 0.125, (0.5,),
     lambda p: torch.optim.SGD(p, lr=0.125, momentum=0.5, nesterov=True)),
    ("adagrad", 0.01, (0.0, 0.0, 1e-10), lambda p: torch.optim.Adagrad(p)),
    ("adagrad", 0.125, (0.25, 0.5, 0.001),
     lambda p: torch.optim.Adagrad(p, lr=0.125, lr_decay=0.25, initial_accumulator_value=0.5,
                                   eps=0.001)),
    ("adadelta", 1.0, (0.9, 1e-6), lambda p: torch.optim.Adadelta(p)),
    ("adadelta", 0.5, (0.5, 0.001),
     lambda p: torch.optim.Adadelta(p, lr=0.5, rho=0.5, eps=0.001)),
    ("rmsprop", 0.01, (0.99, 1e-8, 0.0), lambda p: torch.optim.RMSprop(p)),
    ("rmsprop", 0.125, (0.5, 0.001, 0.75),
     lambda p: torch.optim.RMSprop(p, lr=0.125, alpha=0.5, eps=0.001, momentum=0.75)),
    ("rprop", 0.01, (0.5, 1.2, 1e-6, 50.0), lambda p: torch.optim.Rprop(p)),
    ("rprop", 0.25, (0.25, 1.5, 0.0625, 0.5),
     lambda p: torch.optim.Rprop(p, lr=0.25, etas=(0.25, 1.5), step_sizes=(0.0625, 0.5))),
    ("adamw", 0.001, (0.9, 0.999, 1e-8, 0.01), lambda p: torch.optim.AdamW(p)),
    ("adamw", 0.125, (0.5, 0.75, 0.001, 0.5),
     lambda p: torch.optim.AdamW(p, lr=0.125, betas=(0.5, 0.75), eps=0.001, weight_decay=0.5)),
    ("nadam", 0.002, (0.9, 0.999, 1e-8, 0.004),
     lambda p: torch.optim.NAdam(p, foreach=True)),
    ("nadam", 0.125, (0.5, 0.75, 0.001, 0.5),
     lambda p: torch.optim.NAdam(p, lr=0.125, betas=(0.5, 0.75), eps=0.001, momentum_decay=0.5,
                                 foreach=True)),
    ("amsgrad", 0.001, (0.9, 0.999, 1e-8), lambda p: torch.optim.Adam(p, amsgrad=True)),
    ("amsgrad", 0.125, (0.5, 0.5, 0.001),
     lambda p: torch.optim.Adam(p, lr=0.125, betas=(0.5, 0.5), eps=0.001, amsgrad=True)),
    ("lion", 0.0001, (0.9, 0.99, 0.0), lambda p: Lion(p, 0.0001, (0.9, 0.99), 0.0)),
    ("lion", 0.125, (0.5, 0.75, 0.25), lambda p: Lion(p, 0.125, (0.5, 0.75), 0.25)),
]


def cell(values):
    return " ".join(repr(float(x)) for x in values)


def main():
    print("optimizer,learning_rate,arguments,step,gradients,parameters")
    for name, rate, arguments, make in CASES:
        w = torch.tensor(START, dtype=torch.float64, requires_grad=True)
        optimizer = make([w])
        for step in range(1, STEPS + 1):
            w.grad = torch.tensor(gradient(step), dtype=torch.float64)
            optimizer.step()
            print(f"{name},{rate!r},{cell(arguments)},{step},{cell(w.grad)},{cell(w.detach())}")


if __name__ == "__main__":
    main()
