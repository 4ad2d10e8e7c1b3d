#!/usr/bin/python3
"""The squared error and the cross-entropy of the same logistic network, from the same start.

    client/examples/squared_error.py [--epochs N] [--plot FILE.svg] [--surface FILE.svg]

Of an output a = s(z) with target y the squared error's slope is 2 (a - y) a (1 - a) and that of the
cross-entropy a - y, both by z: where the output is sure, a (1 - a) is next to 0, also where it is
sure of what is wrong. docs/see-inside.md tells what is seen.
"""

import pathlib

import chart
import training

LOSSES = {"mse": "mean_squared_error", "cross-entropy": "binary_cross_entropy"}
ROWS = "3823"
SURE = 4  # The bias at which training starts: outputs of s(4) = 0.98, wrong for nine of ten.


def network(bias):
    return f"64:min_max > 16:logistic > dense(10, bias_initializer=constant({bias})):logistic"


def options(epochs):
    return ["--optimizer", "sgd", "--learning-rate", "0.5", "--seed", "1", "--epochs", str(epochs)]


def first_gradients(bias):
    """The norm of the output layer's gradient at the start, over all rows, by each loss."""
    norms = []
    for loss in LOSSES.values():
        one = training.train(network(bias), "--loss", loss, *options(1), "--batch-size", ROWS,
                             show=bias == SURE)
        norms.append(list(one.health("gradientNorm").values())[-1])
    return norms


def main():
    parser = training.arguments(__doc__, epochs=20)
    parser.add_argument("--surface", type=pathlib.Path, metavar="FILE",
                        help="draw both losses around the training by cross-entropy")
    parser.add_argument("--points", type=int, default=51,
                        help="of the surface, along each side; default: 51")
    args = parser.parse_args()

    print("A step over all rows, from outputs that are more and more sure:")
    training.print_table(["bias of the outputs", *(f"gradient, {loss}" for loss in LOSSES)],
                         [[bias, *first_gradients(bias)] for bias in (0, SURE, 2 * SURE)])

    print("Training from outputs that are sure:")
    trained = {name: training.train(network(SURE), "--loss", loss, *options(args.epochs))
               for name, loss in LOSSES.items()}
    same = len({one.epochs[0]["parameterDigest"] for one in trained.values()}) == 1
    print("\nThe same start:", "yes" if same else "no")
    columns = [one.losses() for one in trained.values()]
    columns += [one.accuracies() for one in trained.values()]
    epochs = [epoch for epoch in range(args.epochs + 1)
              if epoch % max(1, args.epochs // 10) == 0 or epoch == args.epochs]
    training.print_table(
        ["epoch", *(f"loss, {loss}" for loss in LOSSES), *(f"accuracy, {loss}" for loss in LOSSES)],
        [[epoch, *(column[epoch][1] for column in columns)] for epoch in epochs])

    if args.plot:
        chart.draw(args.plot, [
            chart.Panel("Training loss, each its own", "epoch",
                        {name: one.losses() for name, one in trained.items()}, log_y=True),
            chart.Panel("Accuracy", "epoch",
                        {name: one.accuracies() for name, one in trained.items()})])
    if args.surface:
        both = [word for loss in LOSSES.values() for word in ("--losses", loss)]
        training.fnn("surface", "compute", *training.DATA, "--layers", network(SURE), "--train",
                     *options(args.epochs), "--directions", "principal", *both, "--points",
                     str(args.points), "--plot", str(args.surface.resolve()))


if __name__ == "__main__":
    main()
