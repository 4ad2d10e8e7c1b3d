#!/usr/bin/python3
"""A deep network of logistic units whose gradients vanish, and four that learn.

    client/examples/vanishing_gradients.py [--epochs N] [--plot FILE.svg]

Each layer's gradient is that of the next, times the weights, times the slope of the logistic
function, which is at most 1/4. docs/see-inside.md tells what is seen.
"""

import chart
import training

DEPTH = 8
OPTIONS = ["--optimizer", "sgd", "--learning-rate", "0.1", "--seed", "1"]


def chain(layer):
    return " > ".join(["64:min_max", *[layer] * DEPTH, "10:softmax"])


def residual():
    """Each layer's activities are added to what it got."""
    layers, before = ["64:min_max", "dense0=30:logistic"], "dense0"
    for i in range(1, DEPTH):
        layers += [f"dense{i}=30:logistic", f"sum{i}=add@{before},dense{i}"]
        before = f"sum{i}"
    return " > ".join([*layers, "10:softmax"])


NETWORKS = {
    "logistic": chain("30:logistic"),
    "relu, he": chain("dense(30, weight_initializer=he):relu"),
    "logistic, layer_norm": chain("30:logistic > layer_norm"),
    "dynamic_tanh": chain("30 > dynamic_tanh"),
    "logistic, residual": residual(),
}


def gradients(trained):
    """The norms of the dense layers' gradients, first to last."""
    return [norm for layer, norm in trained.health("gradientNorm").items()
            if layer.startswith("dense")]


def main():
    args = training.arguments(__doc__, epochs=10).parse_args()
    trained = {}
    for name, layers in NETWORKS.items():
        trained[name] = training.train(layers, *OPTIONS, "--epochs", str(args.epochs))
        if name == "logistic":
            trained[name].print_diagnoses()
            training.print_table(
                ["layer", "norm of its gradient"], trained[name].health("gradientNorm").items())
            print("The same with other layers:")
    training.print_table(
        ["network", "first layer's gradient", "train loss", "accuracy", "diagnosed"],
        [[name, gradients(one)[0], one.loss, one.accuracy, one.diagnosed()]
         for name, one in trained.items()])
    if args.plot:
        chart.draw(args.plot, [
            chart.Panel("Norm of the gradient, last epoch", "layer",
                        {name: list(enumerate(gradients(one), 1))
                         for name, one in trained.items()}, log_y=True),
            chart.Panel("Training loss", "epoch",
                        {name: one.losses() for name, one in trained.items()}, log_y=True)])


if __name__ == "__main__":
    main()
