#!/usr/bin/python3
"""A network whose weights start at zero: its units stay alike, and are worth one.

    client/examples/symmetric_zeros.py [--epochs N] [--plot FILE.svg]

Units that start the same have the same gradient, take the same steps and stay the same.
docs/see-inside.md tells what is seen.
"""

import chart
import training

OPTIONS = ["--optimizer", "sgd", "--learning-rate", "0.5", "--seed", "1"]


def network(units, start):
    initializer = f"weight_initializer={start}"
    return f"64:min_max > dense({units}, {initializer}):logistic > dense(10, {initializer}):softmax"


NETWORKS = {
    "16 units, zeros": network(16, "zeros"),
    "1 unit, xavier": network(1, "xavier"),
    "16 units, xavier": network(16, "xavier"),
}


def main():
    args = training.arguments(__doc__, epochs=20).parse_args()
    trained = {}
    for name, layers in NETWORKS.items():
        trained[name] = training.train(layers, *OPTIONS, "--epochs", str(args.epochs))
        if len(trained) == 1:
            trained[name].print_diagnoses()
            print("\nWith a single unit, and with weights drawn at random:")
    training.print_table(
        ["network", "units alike", "train loss", "accuracy", "diagnosed"],
        [[name, "yes" if one.epochs[-1]["health"][0].get("unitsAlike") else "no", one.loss,
          one.accuracy, one.diagnosed()] for name, one in trained.items()])
    if args.plot:
        chart.draw(args.plot, [
            chart.Panel("Training loss", "epoch",
                        {name: one.losses() for name, one in trained.items()}),
            chart.Panel("Accuracy", "epoch",
                        {name: one.accuracies() for name, one in trained.items()})])


if __name__ == "__main__":
    main()
