"""How well one hidden layer of tanh comes near a function, over the number of its units: trains each
width on three functions with several seeds, prints the best errors and draws them.

    client/examples/generate_python_stubs.sh /tmp/fnn-stubs
    PYTHONPATH=/tmp/fnn-stubs /usr/bin/python3 client/examples/universal_approximation.py \
        [HOST:PORT [PICTURE.svg]]

docs/universal-approximation.md tells what is seen. Needs what xor.py needs.
"""

import math
import sys

import chart
import grpc
from google.protobuf import text_format

from fnn.v1 import network_pb2
from fnn.v1 import prediction_service_pb2
from fnn.v1 import prediction_service_pb2_grpc
from fnn.v1 import training_pb2
from fnn.v1 import training_service_pb2
from fnn.v1 import training_service_pb2_grpc
from xor import tensor

FUNCTIONS = {
    "sin 2πx": lambda x: math.sin(2 * math.pi * x),
    "|x|": abs,
    "arctan 20x": lambda x: math.atan(20 * x),
}
WIDTHS = [1, 2, 4, 8, 16, 32, 64]
SEEDS = 8

# Each unit turns at -bias / weight: somewhere in the interval for most of them, more or less sharply.
NETWORK = """
    inputs { shape: 1 }
    layers { dense { units: %d activation { tanh {} }
                     weight_initializer { uniform { low: -8 high: 8 } }
                     bias_initializer { uniform { low: -8 high: 8 } } } }
    layers { dense { units: 1 } }
    outputs { loss { mean_squared_error {} } }
"""
OPTIONS = """
    optimizer { learning_rate: 0.02 adam {} }
    schedule { cosine {} }
    epochs: 8000 batch_size: 32 seed: %d threads: 1
"""


def fill(data, function, points):
    """`data` becomes the function at that many points of [-1, 1], as far from each other as can be."""
    xs = [2 * i / (points - 1) - 1 for i in range(points)]
    data.inline.features.CopyFrom(tensor(xs, [points, 1]))
    data.inline.targets.CopyFrom(tensor(map(function, xs), [points]))


def error(channel, function, width, seed):
    """The root mean squared error over the interval, at points four times as dense as in training."""
    request = training_service_pb2.TrainRequest()
    spec = request.create.spec
    spec.network.CopyFrom(text_format.Parse(NETWORK % width, network_pb2.Network()))
    spec.options.CopyFrom(text_format.Parse(OPTIONS % seed, training_pb2.TrainingOptions()))
    fill(spec.data, function, 256)
    for response in training_service_pb2_grpc.TrainingServiceStub(channel).Train(request):
        for event in response.update.events:
            finished = event.finished
    if finished.state != training_pb2.RUN_STATE_SUCCEEDED:
        sys.exit(f"width {width}, seed {seed}: {finished}")

    request = prediction_service_pb2.EvaluateRequest(model=finished.model_version)
    request.metrics.add().root_mean_squared_error.SetInParent()
    fill(request.data, function, 1021)
    for response in prediction_service_pb2_grpc.PredictionServiceStub(channel).Evaluate(request):
        evaluation = response.evaluation
    return evaluation.metrics[0].value


def main():
    channel = grpc.insecure_channel(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:50051")
    print("units", *FUNCTIONS, sep="\t")
    errors = {name: [] for name in FUNCTIONS}
    for width in WIDTHS:
        for name, function in FUNCTIONS.items():
            errors[name].append(min(error(channel, function, width, seed) for seed in range(SEEDS)))
        print(width, *(f"{values[-1]:.2g}" for values in errors.values()), sep="\t", flush=True)
    if len(sys.argv) > 2:
        chart.draw(sys.argv[2], [chart.Panel(
            "Root mean squared error", "hidden units",
            {name: list(zip(WIDTHS, values)) for name, values in errors.items()},
            log_x=True, log_y=True, x_ticks=WIDTHS)])


if __name__ == "__main__":
    main()
