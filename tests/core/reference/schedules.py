#!/usr/bin/python3
"""Learning rates as PyTorch schedules them (torch.optim.lr_scheduler).

    /usr/bin/python3 tests/core/reference/schedules.py > tests/core/reference/schedules.csv

The rows of one case follow each other: the schedule's arguments in the order of the engine's list,
those of the warm-up or none, the rate it starts from, t, the rate at t, and the loss of the epoch that
follows. A new schedule is a line in CASES.
"""

import torch
from torch.optim import lr_scheduler as s

STEPS = 40


def loss(t):
    return 1.0 / (1 + min(t, 7)) + 0.001 * (t % 3) + (0.5 if t in (12, 13) else 0.0) - 0.004 * (t > 30) * t


def plateau(o, factor, patience, min_delta, minimum):
    return s.ReduceLROnPlateau(o, factor=factor, patience=patience, threshold=min_delta,
                               threshold_mode="abs", min_lr=minimum, eps=0)


CASES = [
    ("constant", (), None, 0.25, lambda o: s.LambdaLR(o, lambda t: 1.0)),
    ("step", (10, 0.1), None, 0.25, lambda o: s.StepLR(o, 10, 0.1)),
    ("step", (3, 0.75), None, 0.25, lambda o: s.StepLR(o, 3, 0.75)),
    ("exponential", (0.95,), None, 0.25, lambda o: s.ExponentialLR(o, 0.95)),
    ("inverse_time", (0.1,), None, 0.25, lambda o: s.LambdaLR(o, lambda t: 1 / (1 + 0.1 * t))),
    ("polynomial", (30, 1.0, 0.0), None, 0.25, lambda o: s.PolynomialLR(o, 30, 1.0)),
    ("polynomial", (25, 2.5, 0.0), None, 0.25, lambda o: s.PolynomialLR(o, 25, 2.5)),
    ("polynomial", (25, 0.5, 0.125), None, 0.25,
     lambda o: s.LambdaLR(o, lambda t: 0.5 + 0.5 * (1 - min(t, 25) / 25) ** 0.5)),
    ("cosine", (50, 1, 0.0), None, 0.25, lambda o: s.CosineAnnealingWarmRestarts(o, 50)),
    ("cosine", (7, 1, 0.0625), None, 0.25,
     lambda o: s.CosineAnnealingWarmRestarts(o, 7, eta_min=0.0625)),
    ("cosine", (3, 2, 0.0625), None, 0.25,
     lambda o: s.CosineAnnealingWarmRestarts(o, 3, 2, eta_min=0.0625)),
    ("reduce_on_plateau", (0.1, 10, 1e-4, 0.0), None, 0.25, lambda o: plateau(o, 0.1, 10, 1e-4, 0.0)),
    ("reduce_on_plateau", (0.5, 2, 0.0, 0.0625), None, 0.25,
     lambda o: plateau(o, 0.5, 2, 0.0, 0.0625)),
    ("reduce_on_plateau", (0.5, 0, 0.01, 0.0), None, 0.25, lambda o: plateau(o, 0.5, 0, 0.01, 0.0)),
    ("constant", (), (5, 1 / 3), 0.25, lambda o: s.LinearLR(o)),
    ("exponential", (0.95,), (8, 0.125), 0.25,
     lambda o: s.ChainedScheduler([s.LinearLR(o, 0.125, total_iters=8), s.ExponentialLR(o, 0.95)])),
]


def cell(values):
    return " ".join(repr(float(x)) for x in values)


def main():
    print("schedule,arguments,warm_up,start,t,rate,loss")
    for name, arguments, warm_up, start, make in CASES:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=start)
        schedule = make(optimizer)
        for t in range(STEPS):
            rate = optimizer.param_groups[0]["lr"]
            print(f"{name},{cell(arguments)},{cell(warm_up or ())},{start!r},{t},{rate!r},{loss(t)!r}")
            optimizer.step()
            if name == "reduce_on_plateau":
                schedule.step(loss(t))
            else:
                schedule.step()


if __name__ == "__main__":
    main()
