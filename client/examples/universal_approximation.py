"""How well one hidden layer of tanh comes near a function, over the number of its units: trains each
width on three functions with several seeds, prints the best errors and draws them.

    client/examples/generate_python_stubs.sh /tmp/fnn-stubs
    PYTHONPATH=/tmp/fnn-stubs /usr/bin/python3 client/examples/universal_approximation.py \
        [HOST:PORT [PICTURE.svg]]

docs/universal-approximation.md tells what is seen. Needs what xor.py needs.
"""

import math
import sys

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


def draw(errors):
    """An SVG of each function's errors over WIDTHS, both axes logarithmic."""
    left, right, top, bottom = 80, 600, 20, 360
    every = [value for values in errors.values() for value in values]
    low, high = math.floor(math.log10(min(every))), math.ceil(math.log10(max(every)))

    def x_at(width):
        return left + (right - left) * math.log(width / WIDTHS[0]) / math.log(WIDTHS[-1] / WIDTHS[0])

    def y_at(value):
        return top + (bottom - top) * (high - math.log10(value)) / (high - low)

    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="640" height="420" '
           'viewBox="0 0 640 420" font-family="sans-serif" font-size="12">',
           '<rect width="640" height="420" fill="white"/>']
    for width in WIDTHS:
        x = x_at(width)
        out.append(f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" stroke="#ddd"/>'
                   f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{width}</text>')
    for power in range(low, high + 1):
        y = y_at(10.0**power)
        out.append(f'<line x1="{left}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="#ddd"/>'
                   f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    out.append(f'<text x="{(left + right) / 2}" y="{bottom + 40}" text-anchor="middle">'
               'hidden units</text>'
               f'<text transform="translate(20 {(top + bottom) / 2}) rotate(-90)" '
               'text-anchor="middle">root mean squared error</text>')
    for i, (name, values) in enumerate(errors.items()):
        color = ("#1f77b4", "#d62728", "#2ca02c")[i]
        places = [(x_at(width), y_at(value)) for width, value in zip(WIDTHS, values)]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        out.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>')
        out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{color}"/>' for x, y in places]
        y = bottom - 20 * len(errors) + 20 * i
        out.append(f'<line x1="{left + 12}" y1="{y}" x2="{left + 36}" y2="{y}" stroke="{color}" '
                   f'stroke-width="2"/><text x="{left + 44}" y="{y + 4}">{name}</text>')
    return "\n".join(out + ["</svg>", ""])


def main():
    channel = grpc.insecure_channel(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:50051")
    print("units", *FUNCTIONS, sep="\t")
    errors = {name: [] for name in FUNCTIONS}
    for width in WIDTHS:
        for name, function in FUNCTIONS.items():
            errors[name].append(min(error(channel, function, width, seed) for seed in range(SEEDS)))
        print(width, *(f"{values[-1]:.2g}" for values in errors.values()), sep="\t", flush=True)
    if len(sys.argv) > 2:
        with open(sys.argv[2], "w", encoding="utf-8") as file:
            file.write(draw(errors))


if __name__ == "__main__":
    main()
