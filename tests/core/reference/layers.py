#!/usr/bin/python3
"""Layers as PyTorch trains them (float64): small networks, from given parameters to those after a few
steps.

    /usr/bin/python3 tests/core/reference/layers.py > tests/core/reference/layers.csv

A case is a line. The network and the options are messages of fnn.v1 as text. `features` and `targets`
are rows, separated by semicolons, in eighths, and `start` holds the parameters in 256ths, in the order of `blocks`:
`{layer}.{block}:{shape}`, with `={value}` where the block starts at that value unless told otherwise.
Then come the training loss and the regularisation of each epoch from 0 on (0 measures the start), the
parameters after the last, and what the network predicts then. Rows are taken in order.

Tensors are channel-last here, as in the contract; only convolutions and pools go through PyTorch's
order. Padding is written out by F.pad, because PyTorch pads both ends alike. A new layer is a branch
of Net.compute and some lines in CASES. Each case is run in float32 as well and must come near: one that
hangs on rounding would test nothing.
"""

import itertools
import random

import torch
import torch.nn.functional as F

CASES = []
FLOAT32_TOLERANCE = 2e-6  # Of a block's largest value.


# ---- Describing networks -------------------------------------------------------------------------


def message(fields):
    """The text of a message, given as a dictionary."""
    out = []
    for key, value in fields.items():
        for v in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(v, dict):
                out.append(f"{key} {{ {message(v)} }}" if v else f"{key} {{}}")
            elif isinstance(v, bool):
                out.append(f"{key}: {str(v).lower()}")
            elif key == "padding":
                out.append(f"{key}: PADDING_{v.upper()}")
            else:
                out.append(f'{key}: "{v}"' if isinstance(v, str) else f"{key}: {v}")
    return " ".join(out)


def layer(kind, name=None, inputs=None, frozen=False, **options):
    return {"kind": kind, "name": name, "inputs": inputs, "frozen": frozen, "options": options}


def layer_text(spec):
    fields = {}
    if spec["name"]:
        fields["name"] = spec["name"]
    if spec["inputs"]:
        fields["inputs"] = spec["inputs"]
    if spec["frozen"]:
        fields["frozen"] = True
    return message({"layers": {**fields, spec["kind"]: spec["options"]}})


def case(name, shape, layers, loss="mean_squared_error", outputs=1, optimizer="sgd", rows=8, batch=4,
         epochs=4, rate=None, options=None, scaling=None, input_name=None, output_layer=None,
         classes=False, edit=None, dead=False):
    """`classes`: targets are a column of classes. `edit` may change features and start parameters.
    `dead`: some parameters get no gradient but what PyTorch's rounding makes."""
    CASES.append(dict(locals()))


def dense(units, **options):
    return layer("dense", units=units, **options)


def conv1d(channels, kernel, **options):
    return layer("conv1d", channels=channels, kernel=kernel, **options)


def conv2d(channels, kernel, **options):
    return layer("conv2d", channels=channels, kernel=kernel, **options)


FLATTEN = layer("flatten")
RELU, TANH, SILU = ({"activation": {kind: {}}} for kind in ("relu", "tanh", "silu"))


# ---- Computing them ------------------------------------------------------------------------------


def by_axis(value, axes, default=1):
    """One number for each axis, of a list that may have one for all."""
    value = list(value) if isinstance(value, (list, tuple)) else [default if value is None else value]
    return value * axes if len(value) == 1 else value


def borders(options, sizes, windows, strides):
    """(before, after) of each axis, for windows that take so much room."""
    padding = options.get("padding", "valid")
    if padding == "valid":
        return [(0, 0)] * len(sizes)
    if padding == "same":
        totals = [max(0, (-(-n // s) - 1) * s + w - n) for n, w, s in zip(sizes, windows, strides)]
        return [(t // 2, t - t // 2) for t in totals]
    given = options["explicit_padding"]
    given = list(given) if isinstance(given, (list, tuple)) else [given]
    if len(given) == 1:
        return [(given[0], given[0])] * len(sizes)
    if len(sizes) == 2 and len(given) == 2:
        return [(p, p) for p in given]
    return list(zip(given[::2], given[1::2]))


def pad(x, borders, value):
    """Of [rows, channels, ...]. F.pad begins with the last axis."""
    return F.pad(x, [p for before_after in reversed(borders) for p in before_after], value=value)


def first_largest(x, axis):
    """The largest along an axis; at a tie the gradient goes to the first."""
    first = torch.from_numpy(x.detach().numpy().argmax(axis))  # NumPy documents that it is the first.
    return torch.gather(x, axis, first.unsqueeze(axis)).squeeze(axis)


class Net:
    def __init__(self, case, dtype):
        self.case, self.dtype = case, dtype
        self.layers = case["layers"]
        self.names = [spec["name"] or f"{spec['kind']}_{i}" for i, spec in enumerate(self.layers)]
        self.input_name = case["input_name"] or "input"
        self.output = case["output_layer"] or self.names[-1]
        self.blocks = {}  # By name, in the logical order: tensors in their logical shape.
        self.starts = {}  # What a block starts at unless told otherwise.
        self.trained, self.regularized, self.weights = set(), set(), set()
        shape = case["shape"]
        if case["scaling"]:
            features = torch.Size(shape).numel()
            self.block(self.input_name, "shift", [features], trained=False)
            self.block(self.input_name, "scale", [features], trained=False)
        self.training = False
        for spec, name in zip(self.layers, self.names):  # In the list's order, not the graph's.
            self.shapes = {self.input_name: tuple(shape)}
            self.declare(spec, name)

    def block(self, owner, name, shape, start=None, trained=True, regularized=False, weights=False):
        full = f"{owner}.{name}"
        self.blocks[full] = torch.zeros(shape, dtype=self.dtype)
        self.starts[full] = start
        if trained:
            self.trained.add(full)
        if regularized:
            self.regularized.add(full)
        if weights:
            self.weights.add(full)

    def inputs_of(self, name):
        i = self.names.index(name)
        given = self.layers[i]["inputs"]
        if given:
            return given if isinstance(given, list) else [given]
        return [self.names[i - 1] if i else self.input_name]

    # -- Shapes and parameters

    def shape(self, name):
        """Of one sample of what a layer gives."""
        if name not in self.shapes:
            spec = self.layers[self.names.index(name)]
            xs = [self.shape(n) for n in self.inputs_of(name)]
            self.shapes[name] = self.shape_after(spec, xs)
        return self.shapes[name]

    def shape_after(self, spec, xs):
        kind, o, x = spec["kind"], spec["options"], xs[0]
        if kind in ("dense", "maxout"):
            out = (o["units"],)
        elif kind in ("conv1d", "conv2d"):
            out = self.windows(o, x, o["kernel"], 1) + (o["channels"],)
        elif "_pool" in kind:
            out = x[-1:] if "global" in kind else self.windows(o, x, o["window"], None) + x[-1:]
        elif kind == "flatten":
            out = (torch.Size(x).numel(),)
        elif kind == "reshape":
            out = tuple(torch.zeros(x).reshape(o["shape"]).shape)
        elif kind == "concat":
            out = x[:-1] + (sum(y[-1] for y in xs),)
        else:
            out = x
        activation = o if kind == "activation" else o.get("activation", {})
        return out[:-1] + (out[-1] // 2,) if "glu" in activation else out

    @staticmethod
    def windows(o, x, window, default_stride):
        axes = len(x) - 1
        window = by_axis(window, axes)
        stride = by_axis(o.get("stride"), axes) if default_stride or "stride" in o else window
        room = [(w - 1) * d + 1 for w, d in zip(window, by_axis(o.get("dilation"), axes))]
        ends = borders(o, x[:-1], room, stride)
        return tuple((n + sum(e) - r) // s + 1 for n, e, r, s in zip(x[:-1], ends, room, stride))

    def declare(self, spec, name):
        kind, o, trained = spec["kind"], spec["options"], not spec["frozen"]
        x = self.shape(self.inputs_of(name)[0])

        def declare(block, shape, start=None, trained=trained, regularized=False, weights=False):
            self.block(name, block, shape, start, trained, regularized, weights)

        units = None
        if kind in ("dense", "maxout"):
            units = o["units"] * (o.get("pieces", 2) if kind == "maxout" else 1)
            declare("weights", [units, x[-1]], regularized=True, weights=True)
        elif kind in ("conv1d", "conv2d"):
            units = o["channels"]
            kernel = by_axis(o["kernel"], len(x) - 1)
            declare("weights", [units] + kernel + [x[-1] // o.get("groups", 1)], regularized=True,
                    weights=True)
        if units and o.get("use_bias", True):
            declare("bias", [units], 0)
        activation = o if kind == "activation" else o.get("activation", {})
        width = units or x[-1]
        if "prelu" in activation:
            declare("gamma", [width], activation["prelu"].get("gamma", 0.25),
                    regularized=activation["prelu"].get("regularized", False))
        if activation.get("swish", {}).get("learned"):
            declare("beta", [width], activation["swish"].get("beta", 1),
                    regularized=activation["swish"].get("regularized", False))
        if kind == "dynamic_tanh":
            regularized = o.get("regularized", False)
            declare("alpha", [1], o.get("alpha", 0.5), regularized=regularized)
            declare("gamma", [width], 1, regularized=regularized)
            declare("beta", [width], 0)
        if kind in ("batch_norm", "layer_norm") and o.get("affine", True):
            declare("gamma", [width], 1)
            declare("beta", [width], 0)
        if kind == "batch_norm":
            declare("running_mean", [width], 0, trained=False)
            declare("running_variance", [width], 1, trained=False)

    # -- Activities

    def forward(self, x, training):
        self.training = training
        if self.case["scaling"]:
            x = (x - self.blocks[f"{self.input_name}.shift"]) * self.blocks[f"{self.input_name}.scale"]
            x = x + self.case["scaling"].get("min_max", {}).get("low", 0)
        self.values = {self.input_name: x.reshape(-1, *self.case["shape"])}
        return self.value(self.output)

    def value(self, name):
        if name not in self.values:
            spec = self.layers[self.names.index(name)]
            xs = [self.value(n) for n in self.inputs_of(name)]
            self.values[name] = self.compute(spec, name, xs)
            assert self.values[name].shape[1:] == self.shape(name), name
        return self.values[name]

    def compute(self, spec, name, xs):
        kind, o, x = spec["kind"], spec["options"], xs[0]
        activation = o if kind == "activation" else o.get("activation", {})
        if name == self.output and activation == FUSED.get(self.case["loss"]):
            activation = {}  # The loss applies it.
        own = {full.split(".")[1]: block for full, block in self.blocks.items()
               if full.split(".")[0] == name}
        if kind == "dense":
            z = F.linear(x, own["weights"], own.get("bias"))
            return self.activate(activation, z, own)
        if kind == "activation":
            return self.activate(activation, x, own)
        if kind == "maxout":
            z = F.linear(x, own["weights"], own.get("bias"))
            return first_largest(z.reshape(len(z), o["units"], -1), 2)
        if kind in ("conv1d", "conv2d"):
            return self.activate(activation, self.convolve(o, x, own), own)
        if kind.startswith("global_"):
            x = x.reshape(len(x), -1, x.shape[-1])
            return x.mean(1) if "average" in kind else first_largest(x, 1)
        if "_pool" in kind:
            return self.pool(kind, o, x)
        if kind == "flatten":
            return x.reshape(len(x), -1)
        if kind == "reshape":
            shape = o["shape"] if isinstance(o["shape"], (list, tuple)) else [o["shape"]]
            return x.reshape(len(x), *shape)
        if kind == "batch_norm":
            training = self.training and not spec["frozen"]
            return F.batch_norm(x.reshape(-1, x.shape[-1]), own["running_mean"],
                                own["running_variance"], own.get("gamma"), own.get("beta"), training,
                                o.get("momentum", 0.1), o.get("epsilon", 1e-5)).reshape(x.shape)
        if kind == "layer_norm":
            return F.layer_norm(x, x.shape[-1:], own.get("gamma"), own.get("beta"),
                                o.get("epsilon", 1e-5))
        if kind == "dynamic_tanh":
            return own["gamma"] * torch.tanh(own["alpha"] * x) + own["beta"]
        if kind == "add":
            return sum(xs[1:], x)
        if kind == "multiply":
            for y in xs[1:]:
                x = x * y
            return x
        if kind == "concat":
            return torch.cat(xs, -1)
        raise ValueError(kind)

    @staticmethod
    def activate(activation, z, own):
        if not activation:
            return z
        (kind, o), = activation.items()
        if kind == "prelu":
            return torch.where(z > 0, z, own["gamma"] * z)
        if kind == "swish":
            return z * torch.sigmoid((own["beta"] if o.get("learned") else o.get("beta", 1)) * z)
        return {
            "identity": lambda: z,
            "relu": lambda: F.relu(z),
            "tanh": lambda: torch.tanh(z),
            "logistic": lambda: torch.sigmoid(z),
            "silu": lambda: F.silu(z),
            "gelu": lambda: F.gelu(z),
            "leaky_relu": lambda: F.leaky_relu(z, o.get("gamma", 0.01)),
            "softmax": lambda: F.softmax(z, -1),
            "log_softmax": lambda: F.log_softmax(z, -1),
            "glu": lambda: F.glu(z, -1),
        }[kind]()

    @staticmethod
    def convolve(o, x, own):
        axes = x.dim() - 2
        kernel, stride, dilation = (by_axis(o.get(k), axes) for k in ("kernel", "stride", "dilation"))
        room = [(k - 1) * d + 1 for k, d in zip(kernel, dilation)]
        x = pad(x.movedim(-1, 1), borders(o, x.shape[1:-1], room, stride), 0)
        function = F.conv1d if axes == 1 else F.conv2d
        return function(x, own["weights"].movedim(-1, 1), own.get("bias"), tuple(stride), 0,
                        tuple(dilation), o.get("groups", 1)).movedim(1, -1)

    @staticmethod
    def pool(kind, o, x):
        axes = x.dim() - 2
        window = by_axis(o["window"], axes)
        stride = by_axis(o["stride"], axes) if "stride" in o else window
        ends = borders(o, x.shape[1:-1], window, stride)
        window, stride = tuple(window), tuple(stride)
        x = x.movedim(-1, 1)
        if kind.startswith("max"):
            function = F.max_pool1d if axes == 1 else F.max_pool2d
            y = function(pad(x, ends, float("-inf")), window, stride)
        else:
            function = F.avg_pool1d if axes == 1 else F.avg_pool2d
            share = function(pad(torch.ones_like(x), ends, 0), window, stride)  # Within the borders.
            y = function(pad(x, ends, 0), window, stride) / share
            if all(before == after for before, after in ends):
                there = function(x, window, stride, tuple(b for b, _ in ends),
                                 count_include_pad=False)
                assert torch.allclose(y, there, rtol=1e-5), "PyTorch's own padding"
        return y.movedim(1, -1)


def loss_of(kind, y, t):
    """The mean over rows."""
    y = y.reshape(len(y), -1)
    if kind == "cross_entropy":
        return -(t * F.log_softmax(y, -1)).sum(-1).mean()
    if kind == "binary_cross_entropy":
        return F.binary_cross_entropy_with_logits(y, t)
    return ((y - t) ** 2).mean()


FUSED = {"cross_entropy": {"softmax": {}}, "binary_cross_entropy": {"logistic": {}}}
LINKS = {"cross_entropy": lambda z: F.softmax(z, -1), "binary_cross_entropy": torch.sigmoid}


# ---- Training them -------------------------------------------------------------------------------


def optimizer_of(name, parameters, rate):
    make = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
    return make[name](parameters, lr=rate)


RATES = {"sgd": 0.125, "adam": 0.015625, "adamw": 0.015625}


def targets_of(case, rng):
    kind, rows, outputs = case["loss"], case["rows"], case["outputs"]
    if case["classes"]:
        return [[float(r % outputs)] for r in range(rows)]
    if kind == "binary_cross_entropy":
        return [[float(rng.randint(0, 1)) for _ in range(outputs)] for _ in range(rows)]
    return [[rng.randint(-8, 8) / 8 for _ in range(outputs)] for _ in range(rows)]


def start_of(net, features, rng):
    """Parameters, exact in float but for those of scaling."""
    start = {}
    for full, block in net.blocks.items():
        name = full.split(".")[1]
        count = block.numel()
        if name in ("shift", "scale"):
            columns = list(zip(*features))
            low = net.case["scaling"].get("min_max", {}).get("low", 0)
            high = net.case["scaling"].get("min_max", {}).get("high", 1)
            if "standardize" in net.case["scaling"]:
                means = [sum(c) / len(c) for c in columns]
                roots = [(sum((x - m) ** 2 for x in c) / len(c)) ** 0.5 for c, m in zip(columns, means)]
                values = means if name == "shift" else [1 / r if r > 0 else 1.0 for r in roots]
            elif name == "shift":
                values = [min(c) for c in columns]
            else:
                values = [(high - low) / (max(c) - min(c) or 1) for c in columns]
        elif name == "weights":
            fan_in = count // block.shape[0]
            step = next(2.0 ** -k for k in range(4, 20) if 4.0 ** (k - 4) * 4 > fan_in)
            step = max(step, 2.0 ** -8)
            values = [rng.randint(-16, 16) * step for _ in range(count)]
        elif name == "running_mean":
            frozen = net.layers[net.names.index(full.split(".")[0])]["frozen"]
            values = [rng.randint(-64, 64) / 256 if frozen else 0.0 for _ in range(count)]
        elif name == "running_variance":
            frozen = net.layers[net.names.index(full.split(".")[0])]["frozen"]
            values = [rng.randint(64, 512) / 256 if frozen else 1.0 for _ in range(count)]
        else:  # Biases and learned vectors: near where they start.
            values = [net.starts[full] + rng.randint(-32, 32) / 256 for _ in range(count)]
        start[full] = values
    return start


def train(case, features, targets, start, dtype):
    """The losses and regularisations of the epochs, the parameters, and the predictions."""
    net = Net(case, dtype)
    for full, block in net.blocks.items():
        block.copy_(torch.tensor(start[full], dtype=dtype).reshape(block.shape))
        block.requires_grad_(full in net.trained)
    options = case["options"] or {}
    regularization = options.get("regularization", {})
    l2, l1 = regularization.get("l2", 0), regularization.get("l1", 0)
    trained = [block for full, block in net.blocks.items() if full in net.trained]
    optimizer = optimizer_of(case["optimizer"], trained, case["rate"] or RATES[case["optimizer"]])
    x = torch.tensor(features, dtype=dtype)
    t = torch.tensor(targets, dtype=dtype)
    if case["classes"]:
        t = F.one_hot(t[:, 0].long(), case["outputs"]).to(dtype)

    def penalty():
        with torch.no_grad():
            blocks = [net.blocks[full] for full in net.regularized]
            return float(sum(l2 / 2 * (w ** 2).sum() + l1 * w.abs().sum() for w in blocks))

    with torch.no_grad():
        losses = [float(loss_of(case["loss"], net.forward(x, False), t))]
    penalties = [penalty()]
    for _ in range(case["epochs"]):
        total = 0.0
        for begin in range(0, case["rows"], case["batch"]):
            xb, tb = x[begin:begin + case["batch"]], t[begin:begin + case["batch"]]
            optimizer.zero_grad()
            loss = loss_of(case["loss"], net.forward(xb, True), tb)
            loss.backward()
            total += float(loss) * len(xb)
            clipping = options.get("gradient_clipping", {})
            if "norm" in clipping:
                torch.nn.utils.clip_grad_norm_(trained, clipping["norm"])
            if "value" in clipping:
                torch.nn.utils.clip_grad_value_(trained, clipping["value"])
            with torch.no_grad():
                for full in net.regularized & net.trained:
                    w = net.blocks[full]
                    w.grad += l2 * w + l1 * torch.sign(w)
                optimizer.step()
                if "max_norm" in regularization:
                    for full in net.weights & net.trained:
                        w = net.blocks[full]
                        norms = w.reshape(len(w), -1).norm(dim=1)
                        scales = torch.clamp(regularization["max_norm"] / norms, max=1)
                        w *= scales.reshape([-1] + [1] * (w.dim() - 1))
        losses.append(total / case["rows"])
        penalties.append(penalty())
    with torch.no_grad():
        y = net.forward(x, False)
        y = LINKS.get(case["loss"], lambda z: z)(y.reshape(len(y), -1))
    final = {full: block.detach().flatten().tolist() for full, block in net.blocks.items()}
    return losses, penalties, final, y.flatten().tolist()


# ---- Cases ---------------------------------------------------------------------------------------

IMAGE = [5, 4, 2]
LINE = [9, 2]

case("dense", [5], [dense(4, **TANH), dense(3, use_bias=False, **SILU), dense(2)], outputs=2)
case("dense_adam", [5], [dense(4, **TANH), layer("activation", leaky_relu={"gamma": 0.25}), dense(2)],
     outputs=2, optimizer="adam")
case("dense_cross_entropy", [5], [dense(4, **TANH), dense(3, activation={"softmax": {}})],
     loss="cross_entropy", outputs=3, classes=True, rows=10)
case("dense_options", [5], [dense(4, **TANH), dense(1)], options={
    "regularization": {"l2": 0.0625, "l1": 0.03125, "max_norm": 0.75},
    "gradient_clipping": {"norm": 0.25}})


def conv2d_case(name, shape=None, channels=3, kernel=3, optimizer="sgd", then=(), **options):
    case(f"conv2d_{name}", shape or IMAGE,
         [conv2d(channels, kernel, **{**TANH, **options}), *then, FLATTEN, dense(1)],
         optimizer=optimizer)


conv2d_case("valid")
conv2d_case("valid_adam", optimizer="adam")
conv2d_case("relu", activation={"relu": {}})
conv2d_case("no_activation", activation={"identity": {}})
conv2d_case("same", padding="same")
conv2d_case("same_even_kernel", kernel=[2, 4], padding="same")
conv2d_case("same_stride", kernel=[3, 2], stride=[2, 3], padding="same")
conv2d_case("same_stride_beyond_kernel", kernel=1, stride=[2, 3], padding="same")
conv2d_case("same_dilation", kernel=[2, 3], dilation=[2, 1], padding="same")
conv2d_case("explicit_one", padding="explicit", explicit_padding=1)
conv2d_case("explicit_two", kernel=2, stride=2, padding="explicit", explicit_padding=[2, 1])
conv2d_case("explicit_four", channels=2, padding="explicit", explicit_padding=[0, 2, 3, 1])
conv2d_case("explicit_beyond_kernel", channels=2, kernel=2, stride=2, padding="explicit",
            explicit_padding=[3, 0, 0, 4])
conv2d_case("stride", kernel=2, stride=2)
conv2d_case("stride_two", kernel=[3, 1], stride=[1, 2])
conv2d_case("stride_leaves_some", kernel=2, stride=3)
conv2d_case("dilation", kernel=2, dilation=2)
conv2d_case("dilation_two", shape=[6, 7, 1], kernel=[2, 3], dilation=[3, 2], stride=2)
conv2d_case("groups", shape=[4, 4, 4], channels=6, kernel=2, groups=2, stride=2)
conv2d_case("groups_same_adam", shape=[4, 3, 4], channels=4, kernel=3, groups=2, padding="same",
            optimizer="adam")
conv2d_case("depthwise", shape=[4, 4, 3], channels=3, kernel=2, groups=3)
conv2d_case("depthwise_multiplier", shape=[4, 4, 3], channels=6, kernel=3, groups=3, stride=2,
            padding="same")
conv2d_case("one_by_one", kernel=1)
conv2d_case("one_by_one_many", shape=[3, 3, 7], channels=9, kernel=1)
conv2d_case("one_by_one_groups", shape=[3, 3, 4], channels=4, kernel=1, groups=2)
conv2d_case("whole_image", kernel=[5, 4], channels=4)
conv2d_case("no_bias", use_bias=False)
conv2d_case("one_channel", shape=[5, 5, 1], channels=1)
conv2d_case("one_pixel", shape=[1, 1, 3], padding="same")
conv2d_case("many_channels", shape=[3, 2, 17], channels=5, kernel=2)
conv2d_case("many_outputs", shape=[3, 3, 1], channels=19, kernel=2)
conv2d_case("long_row", shape=[2, 35, 1], channels=2, kernel=[2, 5], stride=[1, 2])
conv2d_case("two", then=[conv2d(2, 2, padding="same", **SILU)], padding="same")
conv2d_case("two_strided", shape=[7, 6, 1], channels=2, stride=2,
            then=[conv2d(3, 2, padding="same", **TANH)])


def conv1d_case(name, shape=None, channels=3, kernel=3, optimizer="sgd", then=(), **options):
    case(f"conv1d_{name}", shape or LINE,
         [conv1d(channels, kernel, **{**TANH, **options}), *then, FLATTEN, dense(1)],
         optimizer=optimizer)


conv1d_case("valid")
conv1d_case("valid_adam", optimizer="adam")
conv1d_case("same", padding="same")
conv1d_case("same_even_kernel", kernel=4, padding="same")
conv1d_case("same_stride", kernel=4, stride=2, padding="same")
conv1d_case("same_stride_dilation", kernel=2, stride=2, dilation=3, padding="same")
conv1d_case("explicit_one", padding="explicit", explicit_padding=2)
conv1d_case("explicit_two", padding="explicit", explicit_padding=[0, 3])
conv1d_case("explicit_before", stride=2, padding="explicit", explicit_padding=[2, 0])
conv1d_case("stride", kernel=2, stride=3)
conv1d_case("dilation", dilation=3)
conv1d_case("groups", shape=[6, 4], channels=4, kernel=2, groups=2)
conv1d_case("depthwise", shape=[6, 3], channels=6, kernel=3, groups=3, padding="same")
conv1d_case("one", kernel=1)
conv1d_case("no_bias", use_bias=False)
conv1d_case("long", shape=[40, 1], channels=2, kernel=7, stride=3)
conv1d_case("many_channels", shape=[4, 18], channels=3, kernel=2)
conv1d_case("two", then=[conv1d(2, 3, dilation=2, **TANH)], padding="same")


def pool_case(kind, name, shape=None, **options):
    shape = shape or (LINE if kind.endswith("1d") else [6, 5, 1])
    before = conv1d(2, 1, **TANH) if kind.endswith("1d") else conv2d(2, 1, **TANH)
    case(f"{kind}_{name}", shape, [before, layer(kind, **options), FLATTEN, dense(1)])


for kind in ("max_pool1d", "average_pool1d"):
    pool_case(kind, "plain", window=3)
    pool_case(kind, "leaves_some", window=2)
    pool_case(kind, "overlap", window=3, stride=1)
    pool_case(kind, "gaps", window=2, stride=3)
    pool_case(kind, "same", window=2, padding="same")
    pool_case(kind, "same_overlap", window=4, stride=2, padding="same")
    pool_case(kind, "explicit_one", window=3, stride=2, padding="explicit", explicit_padding=1)
    pool_case(kind, "explicit_two", window=4, stride=2, padding="explicit", explicit_padding=[2, 1])
    pool_case(kind, "whole", window=9)
for kind in ("max_pool2d", "average_pool2d"):
    pool_case(kind, "plain", window=2)
    pool_case(kind, "two", window=[3, 2])
    pool_case(kind, "overlap", window=[2, 3], stride=1)
    pool_case(kind, "stride_two", window=2, stride=[3, 1])
    pool_case(kind, "same", window=[4, 3], padding="same")
    pool_case(kind, "same_overlap", window=[3, 2], stride=[2, 1], padding="same")
    pool_case(kind, "explicit_one", window=3, padding="explicit", explicit_padding=1)
    pool_case(kind, "explicit_two", window=[4, 2], stride=[2, 2], padding="explicit",
              explicit_padding=[2, 1])
    pool_case(kind, "explicit_four", window=[3, 4], stride=2, padding="explicit",
              explicit_padding=[0, 1, 2, 1])
    pool_case(kind, "many_channels", shape=[3, 3, 9], window=2, stride=1)
for kind in ("global_max_pool", "global_average_pool"):
    case(f"{kind}_1d", LINE, [conv1d(4, 2, **TANH), layer(kind), dense(1)])
    case(f"{kind}_2d", IMAGE, [conv2d(4, 2, **TANH), layer(kind), dense(1)], optimizer="adam")
    case(f"{kind}_of_input", IMAGE, [layer(kind), dense(2)], outputs=2)


def tie(features, start):
    """The first units of the first layer are the same, so that they tie in the first step; sums of
    these numbers are exact."""
    weights = next(full for full in start if full.endswith(".weights"))
    bias = weights.replace("weights", "bias")
    width = len(start[weights]) // len(start[bias])
    for unit in (1, 2):
        start[weights][unit * width:(unit + 1) * width] = start[weights][:width]
        start[bias][unit] = start[bias][0]


case("max_pool1d_tie", [3], [dense(8), layer("reshape", shape=[8, 1]), layer("max_pool1d", window=4),
                            FLATTEN, dense(1)], edit=tie)
case("max_pool2d_tie", [3], [dense(8), layer("reshape", shape=[4, 2, 1]),
                            layer("max_pool2d", window=2), FLATTEN, dense(1)], edit=tie)
case("global_max_pool_tie", [3], [dense(8), layer("reshape", shape=[4, 2]), layer("global_max_pool"),
                                  dense(1)], edit=lambda f, s: tie_channels(f, s))
case("maxout_tie", [3], [layer("maxout", units=2, pieces=3), dense(1)], edit=tie)


def tie_channels(features, start):
    """As tie, for the places 0, 1 and 2 of channel 0."""
    weights, bias = (next(f for f in start if f.endswith(end)) for end in (".weights", ".bias"))
    for unit in (2, 4):
        start[weights][unit * 3:unit * 3 + 3] = start[weights][:3]
        start[bias][unit] = start[bias][0]


case("maxout", [5], [layer("maxout", units=3), dense(1)])
case("maxout_pieces", [5], [layer("maxout", units=4, pieces=5), layer("maxout", units=2, pieces=3),
                            dense(2)], outputs=2, optimizer="adam")
case("maxout_no_bias", [4], [layer("maxout", units=3, pieces=2, use_bias=False), dense(1)])
case("maxout_last", [4], [dense(4, **TANH), layer("maxout", units=3)], outputs=3)

case("flatten", [3, 2, 2], [FLATTEN, dense(2)], outputs=2)
case("reshape_2d", [12], [layer("reshape", shape=[6, 2]), conv1d(2, 2, **TANH), FLATTEN, dense(1)])
case("reshape_3d", [12], [layer("reshape", shape=[2, -1, 3]), conv2d(2, [2, 1], **TANH), FLATTEN,
                          dense(1)])
case("reshape_between", [4, 3], [conv1d(4, 2, **TANH), layer("reshape", shape=[2, 2, 3]),
                                 conv2d(2, 2, **TANH), layer("reshape", shape=-1), dense(1)])

case("batch_norm_units", [5], [dense(4, use_bias=False), layer("batch_norm"),
                               layer("activation", tanh={}), dense(1)])
case("batch_norm_units_adam", [5], [dense(4, use_bias=False), layer("batch_norm"),
                                    layer("activation", tanh={}), dense(1)], optimizer="adam")
case("batch_norm_first", [5], [layer("batch_norm"), dense(3, **TANH), dense(1)])
case("batch_norm_2d", LINE, [conv1d(3, 2, use_bias=False), layer("batch_norm"),
                             layer("activation", tanh={}), FLATTEN, dense(1)])
case("batch_norm_3d", IMAGE, [conv2d(3, 2), layer("batch_norm"), layer("activation", relu={}),
                              layer("global_average_pool"), dense(1)])
case("batch_norm_options", [5], [dense(4, **TANH), layer("batch_norm", epsilon=0.0625, momentum=0.75),
                                 dense(1)])
case("batch_norm_momentum_one", [5], [dense(4, **TANH), layer("batch_norm", momentum=1), dense(1)])
case("batch_norm_plain", [5], [dense(4, **TANH), layer("batch_norm", affine=False), dense(1)])
case("batch_norm_short_batch", [5], [dense(4, **TANH), layer("batch_norm"), dense(1)], rows=10)
case("batch_norm_short_batch_3d", [3, 3, 2], [conv2d(2, 2, **TANH), layer("batch_norm"), FLATTEN,
                                              dense(1)], rows=9)
case("batch_norm_two", IMAGE, [conv2d(2, 2, use_bias=False), layer("batch_norm"),
                               conv2d(2, 2, use_bias=False, **TANH), layer("batch_norm"),
                               layer("global_average_pool"), dense(1)])
case("batch_norm_after_concat", [4], [
    dense(3, name="a", **TANH), dense(2, name="b", inputs="input", **TANH),
    layer("concat", name="c", inputs=["a", "b"]), layer("batch_norm"), dense(1)])
case("batch_norm_constant_unit", [4], [dense(3, activation={"relu": {}}), layer("batch_norm"),
                                       dense(1)],
     edit=lambda f, s: s["dense_0.bias"].__setitem__(1, -16.0))

case("layer_norm_units", [5], [dense(6), layer("layer_norm"), layer("activation", tanh={}), dense(1)])
case("layer_norm_units_adam", [5], [dense(6), layer("layer_norm"), dense(2)], outputs=2,
     optimizer="adam")
case("layer_norm_first", [5], [layer("layer_norm"), dense(1)])
case("layer_norm_2d", LINE, [conv1d(4, 2), layer("layer_norm"), FLATTEN, dense(1)], rate=0.015625)
case("layer_norm_3d", IMAGE, [conv2d(4, 2), layer("layer_norm"), layer("activation", relu={}),
                              layer("global_average_pool"), dense(1)])
case("layer_norm_options", [5], [dense(6), layer("layer_norm", epsilon=0.125), dense(1)])
case("layer_norm_plain", [5], [dense(6, **TANH), layer("layer_norm", affine=False), dense(1)])
case("layer_norm_one_unit", [5], [dense(1), layer("layer_norm"), dense(1)], dead=True)

case("dynamic_tanh_units", [5], [dense(4), layer("dynamic_tanh"), dense(1)])
case("dynamic_tanh_3d", IMAGE, [conv2d(3, 2), layer("dynamic_tanh", alpha=1.25),
                                layer("global_average_pool"), dense(1)], optimizer="adam")
case("dynamic_tanh_regularized", [5], [dense(4), layer("dynamic_tanh", regularized=True), dense(1)],
     options={"regularization": {"l2": 0.125}})
case("dynamic_tanh_not_regularized", [5], [dense(4), layer("dynamic_tanh"), dense(1)],
     options={"regularization": {"l2": 0.125}})

case("prelu_dense", [5], [dense(4, activation={"prelu": {}}), dense(1)])
case("prelu_dense_adam", [5], [dense(4, activation={"prelu": {"gamma": 0.5}}), dense(1)],
     optimizer="adam")
case("prelu_conv2d", IMAGE, [conv2d(3, 2, activation={"prelu": {}}), FLATTEN, dense(1)])
case("prelu_conv1d", LINE, [conv1d(3, 2, activation={"prelu": {"gamma": -0.125}}), FLATTEN, dense(1)])
case("prelu_alone", IMAGE, [conv2d(3, 2), layer("batch_norm"), layer("activation", prelu={}), FLATTEN,
                            dense(1)])
case("prelu_last", [4], [dense(3, activation={"prelu": {}})], outputs=3)
case("prelu_regularized", [5], [dense(4, activation={"prelu": {"regularized": True}}), dense(1)],
     options={"regularization": {"l2": 0.125, "l1": 0.03125}})
case("prelu_no_bias", [5], [dense(4, use_bias=False, activation={"prelu": {}}), dense(1)])
case("swish_learned", [5], [dense(4, activation={"swish": {"learned": True}}), dense(1)])
case("swish_learned_conv2d", IMAGE, [
    conv2d(3, 2, activation={"swish": {"beta": 1.5, "learned": True}}), FLATTEN, dense(1)],
     optimizer="adam")
case("swish_learned_alone", [5], [dense(4), layer("activation", swish={"learned": True}), dense(1)])
case("swish_learned_regularized", [5], [
    dense(4, activation={"swish": {"learned": True, "regularized": True}}), dense(1)],
     options={"regularization": {"l2": 0.125}})
case("swish_given", IMAGE, [conv2d(3, 2, activation={"swish": {"beta": 1.5}}), FLATTEN, dense(1)])
case("glu_dense", [5], [dense(6, activation={"glu": {}}), dense(1)])
case("glu_conv2d", IMAGE, [conv2d(4, 2, activation={"glu": {}}), FLATTEN, dense(1)])
case("glu_conv1d", LINE, [conv1d(6, 3, activation={"glu": {}}), FLATTEN, dense(1)], optimizer="adam")
case("glu_alone", [6], [layer("activation", glu={}), dense(4, **TANH), layer("activation", glu={}),
                        dense(1)])
case("glu_last", [4], [dense(4, activation={"glu": {}})], outputs=2)
case("softmax_over_channels", IMAGE, [conv2d(3, 2, activation={"softmax": {}}), FLATTEN, dense(1)])
case("log_softmax_over_channels", LINE, [conv1d(3, 2, activation={"log_softmax": {}}), FLATTEN,
                                         dense(1)], rate=0.015625)

case("add", [4], [dense(3, name="a", **TANH), dense(3, name="b", inputs="input", **TANH),
                  layer("add", inputs=["a", "b"]), dense(1)])
case("add_three", [4], [dense(3, name="a", **TANH), dense(3, name="b", inputs="input", **TANH),
                        dense(3, name="c", inputs="input", **SILU),
                        layer("add", inputs=["c", "a", "b"]), dense(1)])
case("add_input", [4], [dense(4, name="a", **TANH), layer("add", inputs=["a", "input"]), dense(1)])
case("add_twice_the_same", [4], [dense(3, name="a", **TANH), layer("add", inputs=["a", "a"]),
                                 dense(1)])
case("multiply", [4], [dense(3, name="a", **TANH), dense(3, name="b", inputs="input", **TANH),
                       layer("multiply", inputs=["a", "b"]), dense(1)])
case("multiply_three", [3], [dense(3, name="a", **TANH), dense(3, name="b", inputs="input", **TANH),
                             layer("multiply", inputs=["a", "b", "input"]), dense(1)])
case("multiply_square", [4], [dense(3, name="a"), layer("multiply", inputs=["a", "a"]), dense(1)])
case("multiply_by_zero", [4], [
    dense(3, name="a", activation={"relu": {}}), dense(3, name="b", inputs="input",
                                                       activation={"relu": {}}),
    dense(3, name="c", inputs="input"), layer("multiply", inputs=["a", "b", "c"]), dense(1)])
case("concat", [4], [dense(3, name="a", **TANH), dense(2, name="b", inputs="input", **TANH),
                     layer("concat", inputs=["a", "b"]), dense(1)])
case("concat_channels", IMAGE, [
    conv2d(3, 3, name="a", padding="same", **TANH), conv2d(1, 1, name="b", inputs="input", **TANH),
    layer("concat", inputs=["b", "input", "a"]), conv2d(2, 2, **TANH), FLATTEN, dense(1)])
case("concat_lines", [6, 1], [
    conv1d(2, 3, name="a", padding="same", **TANH), conv1d(3, 1, name="b", inputs="input", **TANH),
    layer("concat", inputs=["a", "b", "a"]), FLATTEN, dense(1)])
case("residual_dense", [4], [
    dense(4, name="stem", **TANH), dense(4, name="inner", **TANH), dense(4, name="outer"),
    layer("add", name="sum", inputs=["outer", "stem"]), layer("activation", relu={}), dense(1)])
case("residual_conv2d", [4, 4, 1], [
    conv2d(2, 3, name="stem", padding="same", **TANH),
    conv2d(2, 3, name="inner", padding="same", use_bias=False), layer("batch_norm", name="norm"),
    layer("activation", name="act", relu={}), conv2d(2, 3, name="outer", padding="same"),
    layer("add", name="sum", inputs=["outer", "stem"]), layer("activation", relu={}),
    layer("global_average_pool"), dense(1)])
case("residual_downsample", [4, 4, 2], [
    conv2d(3, 3, name="main", stride=2, padding="same", **TANH),
    conv2d(3, 1, name="short", inputs="input", stride=2),
    layer("add", inputs=["main", "short"]), FLATTEN, dense(1)], optimizer="adam")
case("three_consumers", [4], [
    dense(3, name="a", **TANH), dense(3, name="b", inputs="a", **TANH),
    dense(3, name="c", inputs="a", **SILU), layer("multiply", name="d", inputs=["b", "c", "a"]),
    dense(1)])
case("diamond", [4], [
    dense(3, name="top", **TANH), dense(3, name="left", inputs="top", **TANH),
    dense(3, name="right", inputs="top", **SILU), layer("add", name="bottom", inputs=["left", "right"]),
    dense(1)])
case("diamonds", [4], [
    dense(3, name="a", **TANH), dense(3, name="b", inputs="a", **TANH),
    layer("add", name="c", inputs=["a", "b"]), dense(3, name="d", inputs="c", **TANH),
    layer("multiply", name="e", inputs=["c", "d"]), layer("concat", name="f", inputs=["e", "a", "d"]),
    dense(1)])
case("branches_of_unlike_length", [4], [
    dense(3, name="a", **TANH), dense(4, name="b", inputs="a", **TANH),
    dense(3, name="c", inputs="b", **TANH), dense(2, name="d", inputs="input", **TANH),
    layer("concat", name="e", inputs=["d", "c", "input"]), dense(1)])
case("out_of_order", [4], [
    dense(1, name="last", inputs="sum"), layer("add", name="sum", inputs=["b", "a"]),
    dense(3, name="b", inputs="a", **TANH), dense(3, name="a", inputs="input", **TANH)],
     output_layer="last")
case("out_of_order_cnn", [4, 4, 1], [
    FLATTEN | {"name": "flat", "inputs": "pool"}, dense(2, name="out"),
    layer("max_pool2d", name="pool", inputs="conv", window=2),
    conv2d(3, 3, name="conv", inputs="input", padding="same", **TANH)],
     outputs=2, output_layer="out")
case("named_input", [4], [
    dense(3, name="a", inputs="pixels", **TANH), dense(2, name="b", inputs="pixels", **TANH),
    layer("concat", inputs=["a", "b", "pixels"]), dense(1)], input_name="pixels")
case("activations_alone", IMAGE, [
    conv2d(3, 2), layer("activation", gelu={}), layer("activation", leaky_relu={"gamma": 0.25}),
    layer("max_pool2d", window=2), layer("activation", tanh={}), FLATTEN,
    layer("activation", silu={}), dense(1)])

case("frozen_last", [4], [dense(3, **TANH), dense(1, frozen=True)])
case("frozen_first", [4], [dense(3, frozen=True, **TANH), dense(1)])
case("frozen_middle", [4], [dense(3, **TANH), dense(3, frozen=True, **TANH), dense(1)],
     optimizer="adam")
case("frozen_conv2d", IMAGE, [conv2d(2, 2, **TANH), conv2d(2, 2, frozen=True, **TANH),
                              conv2d(2, 2, **TANH), FLATTEN, dense(1)])
case("frozen_conv1d_first", LINE, [conv1d(2, 2, frozen=True, **TANH), conv1d(2, 2, **TANH), FLATTEN,
                                   dense(1)])
case("frozen_branch", [4], [dense(3, name="a", frozen=True, **TANH),
                            dense(3, name="b", inputs="input", **TANH),
                            layer("multiply", inputs=["a", "b"]), dense(1)])
case("frozen_batch_norm", IMAGE, [conv2d(3, 2, **TANH), layer("batch_norm", frozen=True), FLATTEN,
                                  dense(1)])
case("frozen_batch_norm_units", [4], [dense(3), layer("batch_norm", frozen=True, affine=False),
                                      layer("activation", tanh={}), dense(1)])
case("frozen_layer_norm", [4], [dense(5), layer("layer_norm", frozen=True), dense(1)])
case("frozen_dynamic_tanh", [4], [dense(3), layer("dynamic_tanh", frozen=True), dense(1)])
case("frozen_prelu", [4], [dense(3), layer("activation", frozen=True, prelu={}),
                           dense(3, frozen=True, activation={"prelu": {}}), dense(1)])
case("frozen_swish", [4], [dense(3), layer("activation", frozen=True, swish={"learned": True}),
                           dense(1)])
case("frozen_maxout", [4], [dense(3, **TANH), layer("maxout", units=3, frozen=True), dense(1)])
case("frozen_l2", [4], [dense(3, frozen=True, **TANH), dense(2, **TANH), dense(1)],
     options={"regularization": {"l2": 0.25}})
case("frozen_adamw", [4], [dense(3, frozen=True, **TANH), dense(2, **TANH), dense(1)],
     optimizer="adamw")
case("frozen_clipped_norm", [4], [dense(3, **TANH), dense(3, frozen=True, **TANH), dense(1)],
     options={"gradient_clipping": {"norm": 0.125}})


def constant_column(features, start):
    for row in features:
        row[1] = 0.625


STANDARDIZE, MIN_MAX = {"standardize": {}}, {"min_max": {}}
case("standardize", [4], [dense(3, **TANH), dense(1)], scaling=STANDARDIZE)
case("standardize_constant", [4], [dense(3, **TANH), dense(1)], scaling=STANDARDIZE,
     edit=constant_column)
case("standardize_image", [3, 3, 2], [conv2d(3, 2, **TANH), FLATTEN, dense(1)], scaling=STANDARDIZE,
     optimizer="adam")
case("standardize_named", [4], [dense(3, inputs="x", name="a", **TANH),
                                layer("concat", inputs=["a", "x"]), dense(1)], scaling=STANDARDIZE,
     input_name="x")
case("min_max", [4], [dense(3, **TANH), dense(1)], scaling=MIN_MAX)
case("min_max_range", [4], [dense(3, **TANH), dense(1)], scaling={"min_max": {"low": -1, "high": 2.5}})
case("min_max_constant", [4], [dense(3, **TANH), dense(1)],
     scaling={"min_max": {"low": 0.5, "high": 2}}, edit=constant_column)
case("min_max_line", [5, 2], [conv1d(2, 3, padding="same", **TANH), FLATTEN, dense(1)],
     scaling={"min_max": {"low": -1}})

case("cross_entropy_logits", IMAGE, [conv2d(3, 2, **TANH), FLATTEN, dense(3)], loss="cross_entropy",
     outputs=3, classes=True)
case("cross_entropy_softmax", [6], [dense(4, **TANH), layer("batch_norm"),
                                    dense(3, activation={"softmax": {}})], loss="cross_entropy",
     outputs=3, classes=True, optimizer="adam")
case("cross_entropy_log_softmax", [6], [dense(4, **TANH), dense(3, activation={"log_softmax": {}})],
     loss="cross_entropy", outputs=3, classes=True)
case("cross_entropy_pooled", IMAGE, [conv2d(4, 3, padding="same", **TANH), conv2d(3, 1),
                                     layer("global_average_pool")], loss="cross_entropy", outputs=3,
     classes=True)
case("cross_entropy_graph", [4], [dense(3, name="a", **TANH), dense(3, name="b", inputs="input"),
                                  layer("add", inputs=["a", "b"])], loss="cross_entropy", outputs=3,
     classes=True)
case("binary_cross_entropy", LINE, [conv1d(3, 3, **TANH), layer("global_max_pool"),
                                    dense(2, activation={"logistic": {}})],
     loss="binary_cross_entropy", outputs=2)
case("classes_by_squares", [4], [dense(4, **TANH), layer("layer_norm"), dense(3)], outputs=3,
     classes=True)

case("l2_conv2d", IMAGE, [conv2d(3, 2, **TANH), layer("batch_norm"), FLATTEN, dense(1)],
     options={"regularization": {"l2": 0.0625}})
case("l1_conv1d", LINE, [conv1d(3, 2, **TANH), layer("layer_norm"), FLATTEN, dense(1)],
     options={"regularization": {"l1": 0.03125}})
case("max_norm_conv2d", IMAGE, [conv2d(3, 2, **TANH), FLATTEN, dense(1)],
     options={"regularization": {"max_norm": 0.75}})
case("max_norm_groups", [4, 3, 4], [conv2d(4, 2, groups=2, **TANH), FLATTEN, dense(1)],
     options={"regularization": {"max_norm": 0.75}})
case("clip_norm_cnn", IMAGE, [conv2d(3, 2, use_bias=False), layer("batch_norm"),
                              layer("activation", prelu={}), FLATTEN, dense(1)],
     options={"gradient_clipping": {"norm": 0.25}})
case("clip_value_cnn", IMAGE, [conv2d(3, 2, activation={"swish": {"learned": True}}), FLATTEN,
                               dense(1)], options={"gradient_clipping": {"value": 0.03125}}, rows=12)
case("adamw_learned", [5], [dense(4, activation={"prelu": {}}), layer("layer_norm"),
                            dense(3), layer("dynamic_tanh"), dense(1)], optimizer="adamw")

case("lenet", [10, 10, 1], [
    conv2d(2, 3, name="conv_a", padding="same", use_bias=False), layer("batch_norm", name="norm_a"),
    layer("activation", name="act_a", relu={}), layer("max_pool2d", name="pool_a", window=2),
    conv2d(2, 3, name="conv_b", padding="same", use_bias=False), layer("batch_norm", name="norm_b"),
    layer("add", name="residual", inputs=["norm_b", "pool_a"]),
    layer("activation", name="act_b", relu={}), layer("average_pool2d", name="pool_b", window=2,
                                                      padding="same"),
    layer("flatten", name="flat"), dense(5, name="hidden", **TANH),
    dense(3, name="out", activation={"softmax": {}})],
     loss="cross_entropy", outputs=3, classes=True, rows=12, scaling=STANDARDIZE)
case("autoencoder", [4, 4, 1], [
    conv2d(2, 3, padding="same", stride=2, **TANH), FLATTEN, dense(3, **TANH), dense(8, **TANH),
    layer("reshape", shape=[2, 2, 2]), conv2d(4, 1, **TANH), layer("reshape", shape=[4, 4, 1]),
    conv2d(1, 3, padding="same"), FLATTEN], outputs=16, optimizer="adam", rows=12)
case("text_cnn", [12, 2], [
    conv1d(2, 2, name="two", inputs="input", **SILU), conv1d(2, 3, name="three", inputs="input", **SILU),
    layer("global_max_pool", name="max_two", inputs="two"),
    layer("global_max_pool", name="max_three", inputs="three"),
    layer("concat", name="both", inputs=["max_two", "max_three"]), dense(3, name="out")],
     loss="cross_entropy", outputs=3, classes=True, rows=12)
case("separable", [5, 5, 2], [
    conv2d(2, 3, groups=2, use_bias=False, padding="same"), conv2d(4, 1, use_bias=False),
    layer("batch_norm"), layer("activation", prelu={}), layer("max_pool2d", window=3, stride=2,
                                                             padding="same"),
    layer("global_average_pool"), dense(2)], outputs=2, rows=12)


# ---- Writing them --------------------------------------------------------------------------------


def cell(values):
    return " ".join(f"{x:.12g}" for x in values)


def exact(values, parts):
    """As multiples of 1 / parts, in full."""
    scaled = [x * parts for x in values]
    return " ".join(str(int(x)) if x == int(x) else repr(x) for x in scaled)


def text_of(case):
    fields = {}
    if case["input_name"]:
        fields["name"] = case["input_name"]
    if len(case["shape"]) > 1:  # A flat one follows from the data.
        fields["shape"] = case["shape"]
    if case["scaling"]:
        fields["scaling"] = case["scaling"]
    parts = [message({"inputs": fields})] if fields else []
    parts += [layer_text(spec) for spec in case["layers"]]
    output = {"layer": case["output_layer"]} if case["output_layer"] else {}
    return " ".join(parts + [message({"outputs": {**output, "loss": {case["loss"]: {}}}})])


def options_of(case):
    rate = case["rate"] or RATES[case["optimizer"]]
    return message({"optimizer": {"learning_rate": rate, case["optimizer"]: {}},
                    "epochs": case["epochs"], "batch_size": case["batch"], "shuffle": False,
                    **(case["options"] or {})})


def distance(a, b):
    scale = max([abs(x) for x in a] + [1e-3])
    return max(abs(x - y) for x, y in zip(a, b)) / scale


def main():
    torch.set_num_threads(1)
    print("name,network,options,features,targets,blocks,start,train_loss,regularization,parameters,"
          "predictions")
    names = [case["name"] for case in CASES]
    assert len(set(names)) == len(names)
    for case in CASES:
        width = torch.Size(case["shape"]).numel()
        for seed in itertools.count():  # The first of data on which nothing hangs on rounding.
            rng = random.Random(f"{case['name']} {seed}")
            features = [[rng.randint(-12, 12) / 8 for _ in range(width)] for _ in range(case["rows"])]
            net = Net(case, torch.float64)
            if case["edit"] is constant_column:
                constant_column(features, None)
            start = start_of(net, features, rng)
            if case["edit"] and case["edit"] is not constant_column:
                case["edit"](features, start)
            targets = targets_of(case, rng)
            losses, penalties, final, predictions = train(case, features, targets, start, torch.float64)
            losses32, _, final32, predictions32 = train(case, features, targets, start, torch.float32)
            worst = max([distance(losses, losses32), distance(predictions, predictions32)] +
                        [distance(final[full], final32[full]) for full in final])
            if worst < FLOAT32_TOLERANCE or case["dead"]:
                break
            assert seed < 20, (case["name"], worst)
        for full in net.trained:
            assert final[full] != start[full] or case["dead"], (case["name"], full, "is not trained")

        def shape(full):
            value = net.starts[full]
            return ("x".join(str(n) for n in net.blocks[full].shape) +
                    ("" if value is None else f"={value!r}"))

        blocks = " ".join(f"{full}:{shape(full)}" for full in net.blocks)
        print(",".join([
            case["name"], text_of(case), options_of(case),
            ";".join(exact(row, 8) for row in features), ";".join(exact(row, 8) for row in targets),
            blocks,
            exact(itertools.chain(*start.values()), 256), cell(losses), cell(penalties),
            cell(itertools.chain(*final.values())), cell(predictions)]))


if __name__ == "__main__":
    main()
