#!/usr/bin/python3
"""Rectified linear units that die of steps that are too large, and what keeps them alive.

    client/examples/dead_relus.py [--epochs N] [--plot FILE.svg]

A unit whose net input is negative for every sample gives 0, has slope 0, and so never learns again.
docs/see-inside.md tells what is seen.
"""

import chart
import training

TRIALS = [("relu", "1"), ("relu", "0.1"), ("leaky_relu", "1"), ("elu", "0.1")]


def dead_shares(trained):
    """The share of dead units among all that can die, epoch by epoch."""
    shares = []
    for epoch in trained.epochs[1:]:
        layers = [layer["deadShare"] for layer in epoch["health"] if "deadShare" in layer]
        shares.append((int(epoch["epoch"]), sum(layers) / len(layers) if layers else 0))
    return shares


def main():
    args = training.arguments(__doc__, epochs=10).parse_args()
    trained = {}
    for activation, step in TRIALS:
        one = training.train(
            f"64:min_max > 32:{activation} > 32:{activation} > 10:softmax", "--optimizer", "sgd",
            "--learning-rate", step, "--seed", "1", "--epochs", str(args.epochs))
        trained[f"{activation}, step {step}"] = one
        if len(trained) == 1:
            one.print_diagnoses()
            training.print_table(["layer", "share of dead units"], one.health("deadShare").items())
            print("The same with a smaller step, and with activations that always have a slope:")
    training.print_table(
        ["network", "dead at the end", "train loss", "accuracy", "diagnosed"],
        [[name, dead_shares(one)[-1][1], one.loss, one.accuracy, one.diagnosed()]
         for name, one in trained.items()])
    if args.plot:
        chart.draw(args.plot, [
            chart.Panel("Share of dead units", "epoch",
                        {name: dead_shares(one) for name, one in trained.items()}),
            chart.Panel("Training loss", "epoch",
                        {name: one.losses() for name, one in trained.items()}, log_y=True)])


if __name__ == "__main__":
    main()
