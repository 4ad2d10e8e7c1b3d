"""A server that is killed and started again on the same data directory and port."""

import os
import signal
import socket
import subprocess
import threading
import time

import grpc

# By default a server that is slow to start is looked at once a minute.
RECONNECT_SOON = [("grpc.min_reconnect_backoff_ms", 1000), ("grpc.max_reconnect_backoff_ms", 100),
                  ("grpc.initial_reconnect_backoff_ms", 20), ("grpc.use_local_subchannel_pool", 1)]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """Restarted by one thread; any thread may ask where it is."""

    def __init__(self, program, data_dir, arguments=()):
        self.program = program
        self.data_dir = data_dir
        self.arguments = list(arguments)
        self.port = free_port()
        self.log = open(os.path.join(os.path.dirname(data_dir) or ".", "server.log"), "ab")
        self.process = None

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def start(self, failpoint=None):
        environment = dict(os.environ)
        environment.pop("FNN_FAILPOINT", None)
        if failpoint:
            environment["FNN_FAILPOINT"] = failpoint
        self.process = subprocess.Popen(
            [self.program, "--listen", self.address, "--data-dir", self.data_dir,
             "--training-threads", "2", "--log-level", "info"] + self.arguments,
            stdout=self.log, stderr=self.log, env=environment)

    def wait_ready(self, seconds=60):
        """Whether it serves; False where it has ended."""
        channel = grpc.insecure_channel(self.address, options=RECONNECT_SOON)
        ready = threading.Event()
        channel.subscribe(
            lambda state: ready.set() if state == grpc.ChannelConnectivity.READY else None,
            try_to_connect=True)
        try:
            deadline = time.monotonic() + seconds
            while not ready.wait(0.02):
                if self.process.poll() is not None:
                    return False
                if time.monotonic() > deadline:
                    raise AssertionError(f"the server does not serve after {seconds} s")
            return True
        finally:
            channel.close()

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def wait_end(self, seconds):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def stop(self):
        """In good order; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(120)


class Gone(Exception):
    """The trials are over."""


class Caller:
    """Calls that are repeated while the server is away: what it answers is what it has kept."""

    def __init__(self, server, over):
        self.channel = grpc.insecure_channel(server.address, options=RECONNECT_SOON)
        self.over = over

    def __call__(self, method, request, timeout=20):
        while True:
            try:
                return method(request, timeout=timeout)
            except grpc.RpcError as error:
                self.wait(error)

    def wait(self, error):
        """Where the server was away or is busy: a moment. Anything else is a failure."""
        if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED,
                                grpc.StatusCode.RESOURCE_EXHAUSTED):
            raise error
        if self.over.wait(0.03):
            raise Gone()
