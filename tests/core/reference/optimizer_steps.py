#!/usr/bin/python3
"""Steps of optimisers as PyTorch takes them (torch.optim, float64), on a given row of gradients.

    /usr/bin/python3 tests/core/reference/optimizer_steps.py > tests/core/reference/optimizer_steps.csv

The rows of one case follow each other: its arguments in the order of the engine's list, the step,
the gradients of the parameters, and the parameters after the step. They start at START. A new
optimiser is a line in CASES.
"""

import torch

START = [1.0, -0.5, 0.25, 0.0, 3.0]
STEPS = 12


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
