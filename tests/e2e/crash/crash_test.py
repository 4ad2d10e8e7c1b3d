"""Kills fnn-server again and again while it trains, uploads and changes its registry.

    crash_test.py --server build/release/bin/fnn-server --stubs build/release/proto/gen/python \\
        [--kills 50] [--seed 1] [--failpoints build/release/bin/crash_server]

After each kill the server starts on the same data directory, its clients come back to it, and what
it had acknowledged must be there: every run, dataset, byte of an upload, version, alias. Watchers
must see each sequence number once, and every report and digest must be that of a run on a server
that nobody killed. A kill counts only if enough was acknowledged since the one before.

With --failpoints the server ends itself, as if killed, before or after the n-th write, sync, rename
or commit of a kind (FNN_FAILPOINT), instead of at a random instant.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("--server", required=True)
parser.add_argument("--stubs", required=True)
parser.add_argument("--kills", type=int, default=50)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--failpoints")
parser.add_argument("--keep", action="store_true", help="leave the data directory")
ARGUMENTS = parser.parse_args()
sys.path.insert(0, ARGUMENTS.stubs)
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from server import Caller, Server  # noqa: E402
import workload  # noqa: E402
from workload import models, models_grpc, runs, runs_grpc  # noqa: E402

# What has to happen between two kills for the second to count.
LEAST_HAPPENED = 20
FAILPOINTS = ["write", "sync", "rename", "sync_directory", "create", "remove", "truncate", "commit"]


def reference(server_program, folder, specs):
    """The reports of each spec's epochs on a server that lives, and a file of a model."""
    server = Server(server_program, os.path.join(folder, "reference"))
    server.start()
    assert server.wait_ready(), "the server does not start"
    caller = Caller(server, threading.Event())
    tally = workload.Tally()
    workload.upload(caller, tally, random.Random(0), "shared", workload.DATASET_TEXT)
    stub = runs_grpc.TrainingServiceStub(caller.channel)
    reports = []
    for spec in specs:
        run = caller(stub.CreateRun, runs.CreateRunRequest(spec=spec)).run
        epochs = [workload.report_bytes(event.epoch)
                  for response in stub.WatchRun(runs.WatchRunRequest(name=run.name))
                  for event in response.update.events if event.HasField("epoch")]
        run = caller(stub.GetRun, runs.GetRunRequest(name=run.name)).run
        assert run.model_version, f"the reference failed: {run.error}"
        reports.append(epochs)
    parts = models_grpc.ModelServiceStub(caller.channel).ExportModel(
        models.ExportModelRequest(name=run.model_version))
    file = b"".join(part.data for part in parts)
    assert server.stop() == 0, "the server does not drain"
    return reports, file


def main():
    folder = tempfile.mkdtemp(prefix="fnn-crash-")
    dice = random.Random(ARGUMENTS.seed)
    specs = workload.make_specs()
    references, file = reference(ARGUMENTS.server, folder, specs)
    print(f"seed {ARGUMENTS.seed}; references of {[len(r) - 1 for r in references]} epochs",
          flush=True)

    server = Server(ARGUMENTS.failpoints or ARGUMENTS.server, os.path.join(folder, "data"),
                    ["--checkpoint-interval", "1"])
    server.start()
    assert server.wait_ready(), "the server does not start"
    over = threading.Event()
    tally = workload.Tally()
    workload.upload(Caller(server, over), tally, dice, "shared", workload.DATASET_TEXT)
    workers = [workload.Trainer(server, tally, over, i, specs, references) for i in range(3)]
    workers += [workload.Uploader(server, tally, over, 10 + i) for i in range(2)]
    workers += [workload.Registrar(server, tally, over, 20, file)]
    for worker in workers:
        worker.start()

    counted, uncounted, before = 0, 0, tally.total()
    while counted < ARGUMENTS.kills and not tally.failures:
        if ARGUMENTS.failpoints:
            if server.wait_end(20) is None:
                server.kill()  # It did not come to its failpoint.
        else:
            time.sleep(dice.uniform(0.0, 0.9))
        server.kill()
        happened = tally.total() - before
        if happened >= LEAST_HAPPENED:
            counted += 1
        else:
            uncounted += 1
            assert uncounted < 20 * ARGUMENTS.kills + 100, "too little happens between the kills"
        before = tally.total()
        failpoint = None
        if ARGUMENTS.failpoints:
            failpoint = (f"{dice.choice(['before', 'after'])}:{dice.choice(FAILPOINTS)}:"
                         f"{int(10 ** dice.uniform(0, 2.5))}")
        server.start(failpoint)
        if not ARGUMENTS.failpoints and dice.random() < 0.1:
            time.sleep(dice.uniform(0, 0.1))  # Also while it starts.
            server.kill()
            server.start()
        if not server.wait_ready() and not ARGUMENTS.failpoints:
            tally.fail("the server does not start again")
            break
        if counted and counted % 10 == 0 and happened >= LEAST_HAPPENED:
            print(f"{counted} kills", dict(sorted(tally.counts.items())), flush=True)

    if not tally.failures:  # Nobody kills any more: everything begun comes to its end.
        if server.process.poll() is not None or ARGUMENTS.failpoints:
            server.kill()
            server.start()
        for worker in workers:
            worker.stopping.set()
        for worker in workers:
            worker.join(240)
            if worker.is_alive():
                tally.fail(f"{type(worker).__name__} has not come to an end")
    over.set()
    if not tally.failures and server.stop() != 0:
        tally.fail("the server does not drain")
    server.kill()
    for failure in tally.failures:
        print("FAILED:", failure)
    print(f"{counted} kills that count, {uncounted} that do not:",
          dict(sorted(tally.counts.items())))
    if tally.failures or ARGUMENTS.keep:
        print("left:", folder)
    else:
        shutil.rmtree(folder)
        print("nothing lost, nothing twice, the same bits")
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
