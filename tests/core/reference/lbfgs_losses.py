#!/usr/bin/python3
"""Trains the small networks of training_losses.py by PyTorch's L-BFGS (float64, strong Wolfe, one iteration
a step, all rows) and prints each epoch's loss before its step and the regularisation after it.

    /usr/bin/python3 tests/core/reference/lbfgs_losses.py > tests/core/reference/lbfgs_losses.csv
"""

import torch

import training_losses

EPOCHS = 15
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

HIDDEN = {"tanh": torch.tanh, "logistic": torch.sigmoid, "relu": torch.relu}
# The loss takes what the last layer gives.
LOSSES = {
    "mean_squared_error": torch.nn.functional.mse_loss,
    "cross_entropy": lambda z, t: torch.nn.functional.cross_entropy(z, t),
    "binary_cross_entropy": lambda z, t: torch.nn.functional.binary_cross_entropy_with_logits(z, t),
    "squared_hinge": lambda z, t: (torch.relu(1 - t * z) ** 2).mean(),
}


def train(loss, hidden, l2, rate, history):
    parameters = [torch.tensor(p, requires_grad=True) for p in training_losses.initial_parameters()]
    x = torch.tensor(training_losses.features())
    t = torch.tensor(training_losses.targets(loss), dtype=torch.float64)
    optimizer = torch.optim.LBFGS(parameters, lr=rate, max_iter=1, history_size=history,
                                  line_search_fn="strong_wolfe")

    def mean_loss():
        w1, b1, w2, b2, w3, b3 = parameters
        f = HIDDEN[hidden]
        return LOSSES[loss](f(f(x @ w1.T + b1) @ w2.T + b2) @ w3.T + b3, t)

    def penalty():
        return l2 / 2 * sum((w ** 2).sum() for w in parameters[::2])

    def closure():
        optimizer.zero_grad()
        total = mean_loss() + penalty()
        total.backward()
        return total

    for epoch in range(1, EPOCHS + 1):
        with torch.no_grad():
            before = mean_loss().item()
        optimizer.step(closure)
        with torch.no_grad():
            yield epoch, before, float(penalty())


def main():
    print("loss,hidden,l2,learning_rate,history_size,epoch,train_loss,regularization")
    for loss in LOSSES:
        for hidden in HIDDEN:
            for l2, rate, history in ((0.0, 1.0, 10), (0.015625, 1.0, 10), (0.015625, 0.25, 3), (0.0, 4.0, 1)):
                for epoch, before, after in train(loss, hidden, l2, rate, history):
                    print(f"{loss},{hidden},{l2!r},{rate!r},{history},{epoch},{before!r},{after!r}")


if __name__ == "__main__":
    main()
