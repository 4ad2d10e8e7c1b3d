#!/usr/bin/python3
"""Trains small networks with sample and class weights by PyTorch (float64) and prints each epoch's loss.

    /usr/bin/python3 tests/core/reference/weighted_losses.py > tests/core/reference/weighted_losses.csv

Data and first parameters are those of training_losses.py; 3 steps of gradient descent an epoch. Class weights
alone are CrossEntropyLoss(weight=...) as it is; else the loss is sum w L / sum w over the batch.
"""

import numpy as np
import torch
import torch.nn.functional as F

from training_losses import BATCH, ROWS, features, initial_parameters, targets

EPOCHS = 5
LEARNING_RATE = 0.125
CLASS_WEIGHTS = (0.5, 2.0, 1.25)


def sample_weights():
    r = np.arange(ROWS)
    return (r * 7 + 3) % 5 / 4.0


def mean_loss(loss, kind, z, t, w):
    """The batch's loss and what it weighs."""
    classes = torch.tensor(CLASS_WEIGHTS, dtype=torch.float64)
    if loss == "mean_squared_error":
        rows = ((z - t) ** 2).mean(dim=1)
    elif loss == "binary_cross_entropy":
        rows = F.binary_cross_entropy_with_logits(z, t, reduction="none").mean(dim=1)
    else:
        y = t.argmax(dim=1)
        if kind == "class":
            return F.cross_entropy(z, y, weight=classes), classes[y].sum()
        rows = F.cross_entropy(z, y, reduction="none")
        if kind == "both":
            w = w * classes[y]
    return (w * rows).sum() / w.sum(), w.sum()


def train(loss, kind):
    parameters = [torch.tensor(p, requires_grad=True) for p in initial_parameters()]
    optimizer = torch.optim.SGD(parameters, lr=LEARNING_RATE)
    x_all, t_all, w_all = (torch.tensor(a) for a in (features(), targets(loss), sample_weights()))
    for epoch in range(1, EPOCHS + 1):
        total = weight = 0.0
        for begin in range(0, ROWS, BATCH):
            x, t, w = (a[begin:begin + BATCH] for a in (x_all, t_all, w_all))
            w1, b1, w2, b2, w3, b3 = parameters
            z = torch.tanh(torch.tanh(x @ w1.T + b1) @ w2.T + b2) @ w3.T + b3
            value, weighs = mean_loss(loss, kind, z, t, w)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            total += value.item() * weighs.item()
            weight += weighs.item()
        yield epoch, total / weight


def main():
    print("loss,weights,learning_rate,epoch,train_loss")
    for loss, kinds in (("cross_entropy", ("class", "sample", "both")), ("binary_cross_entropy", ("sample",)),
                        ("mean_squared_error", ("sample",))):
        for kind in kinds:
            for epoch, value in train(loss, kind):
                print(f"{loss},{kind},{LEARNING_RATE!r},{epoch},{value!r}")


if __name__ == "__main__":
    main()
