"""Watches a run through restarts of its server, and sees every event once.

    client/examples/generate_python_stubs.sh /tmp/fnn-stubs
    PYTHONPATH=/tmp/fnn-stubs /usr/bin/python3 client/examples/watch.py RUN [HOST:PORT]

Needs the Debian packages python3-grpcio and python3-protobuf, or grpcio and protobuf.
"""

import random
import sys
import time

import grpc

from fnn.v1 import training_service_pb2
from fnn.v1 import training_service_pb2_grpc

RECONNECT_FOR = 120  # Seconds, from the break.
FIRST_DELAY = 0.1
LONGEST_DELAY = 5


def events(stub, run):
    """The run's events, each once and in order, until the run has ended.

    The sequence of the last event is all there is to remember: after a break the server is asked for
    what came after it.
    """
    cursor = 0
    broken_since = None
    delay = FIRST_DELAY
    while True:
        try:
            request = training_service_pb2.WatchRunRequest(name=run, after_sequence=cursor)
            for response in stub.WatchRun(request):
                broken_since, delay = None, FIRST_DELAY
                for event in response.update.events:
                    if event.sequence <= cursor:
                        continue
                    if event.sequence != cursor + 1:
                        raise ValueError(f"event {event.sequence} came right after event {cursor}")
                    cursor = event.sequence
                    yield event
            return
        except grpc.RpcError as error:
            now = time.monotonic()
            broken_since = broken_since or now
            # CANCELLED is what a server that stops answers to calls that still reach it.
            lost = error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)
            if not lost or now - broken_since >= RECONNECT_FOR:
                raise
            print("connection lost, trying again:", error.details(), file=sys.stderr)
            # At random, so that the watchers of a server do not all come back at once.
            time.sleep(delay * random.uniform(0.5, 1))
            delay = min(2 * delay, LONGEST_DELAY)


def main():
    run = sys.argv[1] if "/" in sys.argv[1] else "runs/" + sys.argv[1]
    channel = grpc.insecure_channel(
        sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1:50051",
        options=[
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.max_reconnect_backoff_ms", 1000 * LONGEST_DELAY),
            ("grpc.keepalive_time_ms", 20_000),  # Finds out when the other side is gone.
            ("grpc.http2.max_pings_without_data", 0),
        ])
    for event in events(training_service_pb2_grpc.TrainingServiceStub(channel), run):
        line = [event.sequence, event.WhichOneof("kind")]
        if event.HasField("epoch"):
            line += [event.epoch.epoch, event.epoch.train_loss]
        if event.HasField("diagnosis"):
            line += [event.diagnosis.epoch, event.diagnosis.message, event.diagnosis.suggestion]
        print(*line, flush=True)


if __name__ == "__main__":
    main()
