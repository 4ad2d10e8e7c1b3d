"""XOR, learned by a server.

    client/examples/generate_python_stubs.sh /tmp/fnn-stubs
    PYTHONPATH=/tmp/fnn-stubs /usr/bin/python3 client/examples/xor.py [HOST:PORT]

Needs the Debian packages python3-grpcio and python3-protobuf, or grpcio and protobuf.
"""

import array
import sys

import grpc

from fnn.v1 import activation_pb2
from fnn.v1 import layer_pb2
from fnn.v1 import loss_pb2
from fnn.v1 import network_pb2
from fnn.v1 import prediction_service_pb2
from fnn.v1 import prediction_service_pb2_grpc
from fnn.v1 import tensor_pb2
from fnn.v1 import training_service_pb2
from fnn.v1 import training_service_pb2_grpc


def tensor(values, shape):
    """A float32 tensor of `values` in row-major order."""
    data = array.array("f", values)
    if sys.byteorder == "big":
        data.byteswap()
    return tensor_pb2.Tensor(
        shape=shape, data_type=tensor_pb2.DATA_TYPE_FLOAT32, data=data.tobytes())


def numbers(message):
    """The elements of a float32 tensor."""
    data = array.array("f", message.data)
    if sys.byteorder == "big":
        data.byteswap()
    return list(data)


def main():
    channel = grpc.insecure_channel(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:50051")
    rows = tensor([0, 0, 0, 1, 1, 0, 1, 1], [4, 2])

    request = training_service_pb2.TrainRequest()
    spec = request.create.spec
    spec.network.CopyFrom(network_pb2.Network(
        inputs=[network_pb2.Input(shape=[2])],
        layers=[
            layer_pb2.Layer(dense=layer_pb2.Dense(
                units=8, activation=activation_pb2.Activation(tanh=activation_pb2.Tanh()))),
            layer_pb2.Layer(dense=layer_pb2.Dense(
                units=1, activation=activation_pb2.Activation(logistic=activation_pb2.Logistic()))),
        ],
        outputs=[network_pb2.Output(
            loss=loss_pb2.Loss(binary_cross_entropy=loss_pb2.BinaryCrossEntropy()))]))
    spec.data.inline.features.CopyFrom(rows)
    spec.data.inline.targets.CopyFrom(tensor([0, 1, 1, 0], [4]))
    spec.options.epochs = 200
    spec.options.optimizer.learning_rate = 0.05
    spec.options.optimizer.adam.SetInParent()

    model = None
    for response in training_service_pb2_grpc.TrainingServiceStub(channel).Train(request):
        if response.HasField("run"):
            model = response.run.model
        for event in response.update.events:
            if event.HasField("epoch"):
                print(event.epoch.epoch, event.epoch.train_loss)

    prediction = prediction_service_pb2_grpc.PredictionServiceStub(channel).Predict(
        prediction_service_pb2.PredictRequest(model=model, inputs=[rows]))
    for probability in numbers(prediction.outputs[0]):
        print("prediction", probability)


if __name__ == "__main__":
    main()
