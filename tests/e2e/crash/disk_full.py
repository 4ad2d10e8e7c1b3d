"""Fills the disk under a server, and makes room again.

    disk_full.py --server build/release/bin/fnn-server --stubs build/release/proto/gen/python

Needs root, to mount a small tmpfs; without it nothing is tested and the exit code is 77. While the disk
is full, requests that would keep something are refused as RESOURCE_EXHAUSTED (DISK_FULL), what is there is
served, and a training goes on. With room again the same requests succeed, and the run ends to the bits of a
run that always had room.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading

parser = argparse.ArgumentParser()
parser.add_argument("--server", required=True)
parser.add_argument("--stubs", required=True)
ARGUMENTS = parser.parse_args()
sys.path.insert(0, ARGUMENTS.stubs)
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import grpc  # noqa: E402
from server import Caller, Server  # noqa: E402
import workload  # noqa: E402
from workload import datasets, datasets_grpc, models, models_grpc, runs, runs_grpc, training  # noqa: E402


def refused(call, request):
    """The code that `call` is refused with, where it is."""
    try:
        call(request, timeout=20)
    except grpc.RpcError as error:
        return error.code()
    return None


def reports(stub, name):
    return [workload.report_bytes(event.epoch)
            for response in stub.WatchRun(runs.WatchRunRequest(name=name))
            for event in response.update.events if event.HasField("epoch")]


def main():
    folder = tempfile.mkdtemp(prefix="fnn-disk-full-")
    disk = os.path.join(folder, "disk")
    os.mkdir(disk)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk],
                      capture_output=True).returncode != 0:
        print("can't mount a tmpfs here: nothing is tested")
        return 77
    server = Server(ARGUMENTS.server, os.path.join(disk, "data"), ["--checkpoint-interval", "1"])
    try:
        server.start()
        assert server.wait_ready(), "the server does not start"
        caller = Caller(server, threading.Event())
        training_stub = runs_grpc.TrainingServiceStub(caller.channel)
        model_stub = models_grpc.ModelServiceStub(caller.channel)
        dataset_stub = datasets_grpc.DatasetServiceStub(caller.channel)
        spec = workload.make_specs()[0]
        spec.options.epochs = 3000
        first = caller(training_stub.CreateRun, runs.CreateRunRequest(spec=spec)).run
        expected = reports(training_stub, first.name)
        model_stub.CreateModel(models.CreateModelRequest(model_id="kept", network=spec.network))
        run = training_stub.CreateRun(runs.CreateRunRequest(spec=spec)).run

        filler = os.open(os.path.join(disk, "filler"), os.O_WRONLY | os.O_CREAT)
        try:
            while True:
                os.write(filler, b"x" * 4096)
        except OSError:
            os.close(filler)
        full = [refused(model_stub.CreateModel, models.CreateModelRequest(
                    model_id=f"m{i}", network=spec.network)) for i in range(20)]
        assert full[-1] == grpc.StatusCode.RESOURCE_EXHAUSTED, full
        assert refused(training_stub.CreateRun, runs.CreateRunRequest(spec=spec)) == (
            grpc.StatusCode.RESOURCE_EXHAUSTED)
        upload = refused(dataset_stub.CreateUpload, datasets.CreateUploadRequest(dataset_id="d"))
        assert upload == grpc.StatusCode.RESOURCE_EXHAUSTED, upload
        assert model_stub.GetModel(models.GetModelRequest(name="models/kept")).model.name
        accepted = full.count(None)

        os.remove(os.path.join(disk, "filler"))
        assert reports(training_stub, run.name) == expected, "other bits on a disk that was full"
        ended = training_stub.GetRun(runs.GetRunRequest(name=run.name)).run
        assert ended.state == training.RUN_STATE_SUCCEEDED, ended.error
        model_stub.CreateModel(models.CreateModelRequest(model_id="m19", network=spec.network))
        names = [model.name for model in model_stub.ListModels(
            models.ListModelsRequest(filter="name : m1")).models]
        assert "models/m19" in names, names
        assert server.stop() == 0, "the server does not drain"
        print(f"full: {accepted} of 20 models fitted, the others were refused; the run went on to the "
              "same bits")
        return 0
    finally:
        server.kill()
        subprocess.run(["umount", "-l", disk])


if __name__ == "__main__":
    sys.exit(main())
