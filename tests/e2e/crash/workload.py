"""What the server is doing when it is killed: trainings, uploads, changes of the registry.

Each worker keeps what was acknowledged to it, and after every answer and every restart finds it
again: a mistake is an AssertionError, which fails the test.
"""

import array
import itertools
import random
import threading
import uuid

import grpc

from fnn.v1 import activation_pb2 as activation
from fnn.v1 import dataset_service_pb2 as datasets
from fnn.v1 import dataset_service_pb2_grpc as datasets_grpc
from fnn.v1 import layer_pb2 as layer
from fnn.v1 import loss_pb2 as loss
from fnn.v1 import model_pb2 as model
from fnn.v1 import model_service_pb2 as models
from fnn.v1 import model_service_pb2_grpc as models_grpc
from fnn.v1 import network_pb2 as network
from fnn.v1 import tensor_pb2 as tensor
from fnn.v1 import training_pb2 as training
from fnn.v1 import training_service_pb2 as runs
from fnn.v1 import training_service_pb2_grpc as runs_grpc

from server import Caller, Gone


def float_tensor(values, shape):
    return tensor.Tensor(shape=shape, data_type=tensor.DATA_TYPE_FLOAT32,
                         data=array.array("f", values).tobytes())


def dense(units, **kind):
    chosen = dict(activation=activation.Activation(**kind)) if kind else {}
    return layer.Layer(dense=layer.Dense(units=units, **chosen))


def make_rows(seed, rows):
    """Four features and one target of three classes."""
    dice = random.Random(seed)
    features, targets = [], []
    for _ in range(rows):
        row = [dice.uniform(-1, 1) for _ in range(4)]
        features += row
        targets.append(float((row[0] * row[1] > 0) + (row[2] > 0.3)))
    return features, targets


def csv_text(seed, rows):
    features, targets = make_rows(seed, rows)
    lines = ["a,b,c,d,y"]
    for i in range(rows):
        lines.append(",".join(f"{v:.6f}" for v in features[4 * i:4 * i + 4]) + f",{targets[i]:.0f}")
    return ("\n".join(lines) + "\n").encode()


def make_network(*hidden):
    return network.Network(
        inputs=[network.Input(shape=[4])], layers=list(hidden) + [dense(3)],
        outputs=[network.Output(loss=loss.Loss(cross_entropy=loss.CrossEntropy()))])


# The dataset that some runs train on: uploaded once, under this name.
DATASET = "datasets/shared"
DATASET_TEXT = csv_text(7, 1200)


def make_specs():
    """Trainings that differ in all that has state: optimisers, schedules, stopping, dropout."""
    features, targets = make_rows(11, 600)
    inline = dict(features=float_tensor(features, [600, 4]), targets=float_tensor(targets, [600]))
    plain = make_network(dense(24, tanh=activation.Tanh()))
    noisy = make_network(
        dense(24, relu=activation.Relu()), layer.Layer(batch_norm=layer.BatchNorm()),
        layer.Layer(dropout=layer.Dropout(rate=0.2)))
    specs = []
    for net, optimizer, extra in [
            (plain, dict(momentum=training.Momentum(), learning_rate=0.02), dict(epochs=400)),
            (noisy, dict(adam=training.Adam()), dict(epochs=250, validation_fraction=0.25)),
            (plain, dict(rmsprop=training.Rmsprop()), dict(epochs=300)),
            (noisy, dict(adamw=training.AdamW()), dict(
                epochs=300, validation_fraction=0.2,
                early_stopping=training.EarlyStopping(patience=250, restore_best=True))),
    ]:
        spec = training.RunSpec(network=net)
        spec.options.optimizer.CopyFrom(training.Optimizer(**optimizer))
        spec.options.seed = len(specs)
        spec.options.batch_size = 32
        spec.options.MergeFrom(training.TrainingOptions(**extra))
        if len(specs) % 2:
            spec.data.dataset = DATASET
        else:
            spec.data.inline.CopyFrom(training_inline(inline))
        specs.append(spec)
    return specs


def training_inline(inline):
    from fnn.v1 import dataset_pb2
    return dataset_pb2.InlineData(**inline)


def report_bytes(report):
    """What has to be the same, bit for bit."""
    same = training.EpochReport()
    same.CopyFrom(report)
    same.ClearField("timing")
    return same.SerializeToString(deterministic=True)


class Tally:
    """What happened; safe from any thread."""

    def __init__(self):
        self.lock = threading.Lock()
        self.counts = {}
        self.failures = []

    def add(self, what, number=1):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + number

    def total(self):
        with self.lock:
            return sum(self.counts.values())

    def fail(self, error):
        with self.lock:
            self.failures.append(error)


class Worker(threading.Thread):
    """Works until told to stop, and then to the end of what it has begun."""

    def __init__(self, server, tally, over, seed):
        super().__init__(daemon=True)
        self.caller = Caller(server, over)
        self.tally = tally
        self.dice = random.Random(seed)
        self.seed = seed
        self.stopping = threading.Event()

    def run(self):
        try:
            for turn in itertools.count():
                if self.stopping.is_set():
                    return
                self.work(turn)
        except Gone:
            pass
        except BaseException as error:  # Told to the main thread.
            self.tally.fail(f"{type(self).__name__}: {type(error).__name__}: {error}")


def upload(caller, tally, dice, name, text, stop=None):
    """Uploads `text` in pieces, going on where the server says after each cut. The dataset."""
    stub = datasets_grpc.DatasetServiceStub(caller.channel)
    begun = caller(stub.CreateUpload, datasets.CreateUploadRequest(
        dataset_id=name, request_id=uuid.uuid4().hex)).upload
    acknowledged = 0
    while acknowledged < len(text):
        def chunks(offset=acknowledged, until=acknowledged + dice.randint(1, 60_000)):
            while offset < min(until, len(text)):
                size = dice.randint(1, 9000)
                yield datasets.UploadChunksRequest(
                    upload=begun.name, offset=offset, data=text[offset:min(offset + size, until)])
                offset += len(text[offset:min(offset + size, until)])
        try:
            state = stub.UploadChunks(chunks(), timeout=20).upload
        except grpc.RpcError as error:
            caller.wait(error)
            state = caller(stub.GetUpload, datasets.GetUploadRequest(name=begun.name)).upload
        assert state.received_bytes >= acknowledged, (
            f"lost {acknowledged - state.received_bytes} acknowledged bytes of {begun.name}")
        acknowledged = state.received_bytes
        tally.add("upload acknowledgements")
    return caller(stub.FinishUpload, datasets.FinishUploadRequest(
        upload=begun.name, total_bytes=len(text))).dataset


class Uploader(Worker):
    def work(self, turn):
        stub = datasets_grpc.DatasetServiceStub(self.caller.channel)
        name = f"d{self.seed}-{turn}"
        rows = self.dice.randint(200, 4000)
        text = csv_text(turn % 3, rows)
        dataset = upload(self.caller, self.tally, self.dice, name, text)
        assert dataset.name == f"datasets/{name}" and dataset.rows == rows, dataset
        self.tally.add("datasets")
        again = self.caller(stub.GetDataset, datasets.GetDatasetRequest(name=dataset.name)).dataset
        assert again == dataset, f"{dataset.name} is another now"
        if turn % 3 == 2:
            try:
                self.caller(stub.DeleteDataset, datasets.DeleteDatasetRequest(name=dataset.name))
            except grpc.RpcError as error:  # The answer to the first try was lost.
                assert error.code() == grpc.StatusCode.NOT_FOUND, error
            self.tally.add("deletions")


class Registrar(Worker):
    """Models, versions and aliases of its own. Only it changes them, so it knows what they are."""

    def __init__(self, server, tally, over, seed, file):
        super().__init__(server, tally, over, seed)
        self.file = file  # An .fnn file.
        self.name = f"registry-{seed}"
        self.versions = 0
        self.alias = None

    def work(self, turn):
        stub = models_grpc.ModelServiceStub(self.caller.channel)
        full = f"models/{self.name}"
        if self.versions == 0 or self.dice.random() < 0.3:
            request_id = uuid.uuid4().hex
            def parts():
                yield models.ImportModelRequest(model_id=self.name, request_id=request_id)
                for i in range(0, len(self.file), 1000):
                    yield models.ImportModelRequest(data=self.file[i:i + 1000])
            while True:
                try:
                    made = stub.ImportModel(parts(), timeout=20)
                    break
                except grpc.RpcError as error:
                    self.caller.wait(error)
            self.versions += 1
            assert made.model_version.name == f"{full}/versions/{self.versions}", made
            self.tally.add("versions")
        elif self.dice.random() < 0.6:
            version = self.dice.randint(1, self.versions)
            self.caller(stub.SetModelAlias, models.SetModelAliasRequest(
                name=f"{full}/aliases/prod", version=version))
            self.alias = version
            self.tally.add("aliases")
        else:
            self.caller(stub.UpdateModel, models.UpdateModelRequest(
                model=model.Model(name=full, description=f"turn {turn}")))
            self.tally.add("updates")
        now = self.caller(stub.GetModel, models.GetModelRequest(name=full)).model
        assert now.version_count == self.versions, (
            f"{full} has {now.version_count} versions instead of {self.versions}")
        assert now.aliases["latest"] == self.versions, now
        assert now.aliases.get("prod") == self.alias, f"{full}: prod is not {self.alias}: {now}"


class Trainer(Worker):
    """Starts runs and watches each to its end, now and then pausing it on the way."""

    def __init__(self, server, tally, over, seed, specs, references):
        super().__init__(server, tally, over, seed)
        self.specs, self.references = specs, references

    def work(self, turn):
        stub = runs_grpc.TrainingServiceStub(self.caller.channel)
        which = (self.seed + turn) % len(self.specs)
        request = runs.CreateRunRequest(
            run_id=f"r{self.seed}-{turn}", model_id=f"m{self.seed}-{turn}",
            request_id=uuid.uuid4().hex, priority=self.dice.randint(-5, 5))
        request.spec.CopyFrom(self.specs[which])
        if self.dice.random() < 0.7:
            request.spec.checkpoints.every_epochs = self.dice.randint(1, 60)
        run = self.caller(stub.CreateRun, request).run
        assert run.name == f"runs/{request.run_id}", run
        self.tally.add("runs")
        pause_at = self.dice.randint(5, 400) if self.dice.random() < 0.4 else 0
        cancel_at = self.dice.randint(5, 400) if self.dice.random() < 0.1 else 0
        self.follow(stub, run.name, self.references[which], pause_at, cancel_at)

    def follow(self, stub, name, reference, pause_at, cancel_at):
        """Sees every sequence number once, whatever happens to the server."""
        cursor, epoch, finished = 0, -1, None
        while finished is None:
            try:
                watch = stub.WatchRun(runs.WatchRunRequest(name=name, after_sequence=cursor))
                for response in watch:
                    for event in response.update.events:
                        cursor += 1
                        assert event.sequence == cursor, (
                            f"{name}: sequence {event.sequence} instead of {cursor}")
                        self.tally.add("events")
                        if event.HasField("epoch"):
                            epoch += 1
                            assert event.epoch.epoch == epoch, f"{name}: epoch {event.epoch.epoch}"
                            assert report_bytes(event.epoch) == reference[epoch], (
                                f"{name}: the report of epoch {epoch} is another")
                        if event.HasField("finished"):
                            finished = event.finished
                    if pause_at and cursor >= pause_at:
                        pause_at = 0
                        self.pause(stub, name)
                    if cancel_at and cursor >= cancel_at:
                        cancel_at = 0
                        self.caller(stub.CancelRun, runs.CancelRunRequest(name=name))
                        self.tally.add("cancels")
            except grpc.RpcError as error:
                self.caller.wait(error)
        self.check_end(stub, name, reference, epoch, finished)

    def pause(self, stub, name):
        try:
            self.caller(stub.PauseRun, runs.PauseRunRequest(name=name))
            self.caller(stub.ResumeRun, runs.ResumeRunRequest(name=name))
            self.tally.add("pauses")
        except grpc.RpcError as error:  # It has ended meanwhile.
            assert error.code() == grpc.StatusCode.FAILED_PRECONDITION, error

    def check_end(self, stub, name, reference, epoch, finished):
        run = self.caller(stub.GetRun, runs.GetRunRequest(name=name)).run
        assert run.state == finished.state, f"{name}: {run.state} instead of {finished.state}"
        if finished.state == training.RUN_STATE_CANCELLED:
            return
        assert finished.state == training.RUN_STATE_SUCCEEDED, f"{name}: {run.error}"
        assert epoch == len(reference) - 1, f"{name}: ended after epoch {epoch}"
        version = self.caller(
            models_grpc.ModelServiceStub(self.caller.channel).GetModelVersion,
            models.GetModelVersionRequest(name=finished.model_version)).model_version
        assert version.name.endswith("/versions/1"), f"{name}: published {version.name}"
        digest = training.EpochReport.FromString(reference[-1]).parameter_digest
        assert version.epoch.parameter_digest == digest, f"{name}: other parameters"
        self.tally.add("runs to the same bits")
