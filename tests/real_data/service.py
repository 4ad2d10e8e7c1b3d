"""fnn-server in a process of its own, and what is asked of it over gRPC through generated stubs."""

import importlib
import os
import subprocess
import sys
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
MODULES = ('dataset', 'dataset_service', 'network', 'prediction_service', 'tensor', 'training',
           'training_service')
CHUNK = 1 << 20


class Service:
    """A server and a client of it. Use it in a `with`; the server ends with it."""

    def __init__(self, server):
        self.server = server

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        stubs = os.path.join(self.folder.name, 'stubs')
        subprocess.run([os.path.join(ROOT, 'client/examples/generate_python_stubs.sh'), stubs],
                       check=True)
        sys.path.insert(0, stubs)
        for name in MODULES:
            setattr(self, name, importlib.import_module(f'fnn.v1.{name}_pb2'))
        grpc = importlib.import_module('grpc')

        port_file = os.path.join(self.folder.name, 'port')
        self.process = subprocess.Popen(
            [self.server, '--listen', '127.0.0.1:0', '--log-level', 'warning',
             '--data-dir', os.path.join(self.folder.name, 'data'), '--port-file', port_file])
        while not os.path.exists(port_file):
            if self.process.poll() is not None:
                raise RuntimeError(f'{self.server} did not start')
            time.sleep(0.05)
        with open(port_file, encoding='utf-8') as file:
            self.channel = grpc.insecure_channel('127.0.0.1:' + file.read().strip(),
                                                 [('grpc.enable_http_proxy', 0)])
        for name in ('dataset', 'prediction', 'training'):
            stub = importlib.import_module(f'fnn.v1.{name}_service_pb2_grpc')
            setattr(self, name + '_stub', getattr(stub, f'{name.title()}ServiceStub')(self.channel))
        return self

    def __exit__(self, *_):
        self.channel.close()
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()

    def upload(self, content):
        """The file `content` as a dataset; its format is recognised."""
        upload = self.dataset_stub.CreateUpload(
            self.dataset_service.CreateUploadRequest()).upload.name
        self.dataset_stub.UploadChunks(
            self.dataset_service.UploadChunksRequest(
                upload=upload, offset=offset, data=content[offset:offset + CHUNK])
            for offset in range(0, len(content), CHUNK))
        dataset = self.dataset_stub.FinishUpload(
            self.dataset_service.FinishUploadRequest(upload=upload, total_bytes=len(content)))
        return self.dataset.DataSource(dataset=dataset.dataset.name)

    def inline(self, features, targets):
        """NumPy arrays as data that travels in the request."""
        def tensor(array):
            return self.tensor.Tensor(shape=array.shape, data=array.astype('<f4').tobytes(),
                                      data_type=self.tensor.DATA_TYPE_FLOAT32)
        return self.dataset.DataSource(inline=self.dataset.InlineData(
            features=tensor(features), targets=tensor(targets)))

    def train(self, network, data, options):
        """Trains and returns the name of the model."""
        request = self.training_service.TrainRequest()
        request.create.spec.network.CopyFrom(network)
        request.create.spec.data.CopyFrom(data)
        request.create.spec.options.CopyFrom(options)
        for response in self.training_stub.Train(request):
            for event in response.update.events:
                finished = event.finished
        if finished.state != self.training.RUN_STATE_SUCCEEDED:
            raise RuntimeError(f'the run did not succeed: {finished}')
        return finished.model_version

    def evaluate(self, model, data, metric):
        """The value of one metric, named as its field in fnn.v1.Metric."""
        request = self.prediction_service.EvaluateRequest(model=model, data=data)
        getattr(request.metrics.add(), metric).SetInParent()
        for response in self.prediction_stub.Evaluate(request):
            evaluation = response.evaluation
        return evaluation.metrics[0].value
