"""Trainings by `fnn` on handwritten digits, for the guided examples beside this file."""

import argparse
import dataclasses
import json
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ["--data", "tests/data/optdigits.tra"]


def arguments(text, epochs):
    """The parser of an example's arguments; `text` tells what it shows."""
    parser = argparse.ArgumentParser(
        description=text, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="fnn must be in PATH, and the server's HOST:PORT in FNN_SERVER "
        "(deploy/demo.sh --keep leaves one, and says how to set both).")
    parser.add_argument("--epochs", type=int, default=epochs, help=f"default: {epochs}")
    parser.add_argument("--plot", type=pathlib.Path, metavar="FILE", help="draw it to an SVG file")
    return parser


def fnn(*command, show=True):
    """What `fnn COMMAND` prints, run where DATA is; ends the program where it fails."""
    if show:
        text = shlex.join(command)
        for option in (" --layers", " --optimizer", " --directions"):
            text = text.replace(option, " \\\n   " + option)
        print("$ fnn", text, flush=True)
    try:
        done = subprocess.run(["fnn", "-o", "ndjson", *command], cwd=ROOT, capture_output=True,
                              text=True, check=False)
    except FileNotFoundError:
        sys.exit("fnn is not in PATH; see --help")
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done.stdout


@dataclasses.dataclass
class Training:
    """What was told of a training."""
    epochs: list  # fnn.v1.EpochReport as JSON, epoch 0 first.
    diagnoses: list  # fnn.v1.Diagnosis as JSON.

    @property
    def loss(self):
        return self.epochs[-1]["trainLoss"]

    @property
    def accuracy(self):
        return self.epochs[-1]["trainMetrics"][0]["value"]

    def losses(self):
        return [(int(epoch["epoch"]), epoch["trainLoss"]) for epoch in self.epochs]

    def accuracies(self):
        return [(int(epoch["epoch"]), epoch["trainMetrics"][0]["value"]) for epoch in self.epochs]

    def health(self, figure):
        """That figure of the layers that have it in the last epoch, by name, first to last."""
        return {layer["layer"]: layer[figure]
                for layer in self.epochs[-1]["health"] if figure in layer}

    def diagnosed(self):
        """The names of the diagnoses."""
        return ", ".join(kind(diagnosis) for diagnosis in self.diagnoses) or "-"

    def print_diagnoses(self):
        for diagnosis in self.diagnoses:
            layer = f", layer {diagnosis['layer']}" if diagnosis.get("layer") else ""
            print(f"\nepoch {diagnosis['epoch']}: {kind(diagnosis)}{layer}")
            for evidence in diagnosis["evidence"]:
                print(f"  {evidence['name']} is {evidence['value']:.2g}, "
                      f"against {evidence['threshold']:g}")
            print(f"  {diagnosis['message']}\n  {diagnosis['suggestion']}")


def kind(diagnosis):
    return diagnosis["kind"].replace("DIAGNOSIS_KIND_", "").replace("_", " ").lower()


def train(layers, *options, show=True):
    """Trains a network, given in the short form."""
    out = fnn("train", *DATA, "--layers", layers, *options, "--threads", "1", show=show)
    events = [json.loads(line) for line in out.splitlines()]
    return Training([event["epoch"] for event in events if "epoch" in event],
                    [event["diagnosis"] for event in events if "diagnosis" in event])


def print_table(header, rows):
    """The first column on the left, the others on the right of their place."""
    cells = [[f"{cell:.3g}" if isinstance(cell, float) else str(cell) for cell in row]
             for row in [header, *rows]]
    widths = [max(map(len, column)) for column in zip(*cells)]
    print()
    for row in cells:
        first, *others = zip(row, widths)
        print("  ".join([first[0].ljust(first[1]), *(cell.rjust(w) for cell, w in others)]))
    print(flush=True)
