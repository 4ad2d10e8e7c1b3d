// XOR, learned by a server: ./xor [HOST:PORT]
#include <iostream>

#include "fnn/client.h"
#include "fnn/short_form.h"
#include "fnn/tensor.h"

int main(int argc, char** argv) {
  fnn::Client client(fnn::MakeConnection(argc > 1 ? argv[1] : "127.0.0.1:50051"));
  fnn::v1::TrainRequest train;
  fnn::v1::RunSpec& spec = *train.mutable_create()->mutable_spec();
  *spec.mutable_network() = fnn::ParseShortForm("2 > 8:tanh > 1:logistic").value();
  const auto rows = fnn::MakeTensor<float>({0, 0, 0, 1, 1, 0, 1, 1}, {4, 2});
  fnn::v1::InlineData& data = *spec.mutable_data()->mutable_inline_();
  *data.mutable_features() = rows;
  *data.mutable_targets() = fnn::MakeTensor<float>({0, 1, 1, 0}, {4});
  spec.mutable_options()->set_epochs(200);
  spec.mutable_options()->mutable_optimizer()->set_learning_rate(0.05);
  spec.mutable_options()->mutable_optimizer()->mutable_adam();
  auto events = client.Train(train).value();  // .value() ends the program on an error.
  for (const auto& event : events)
    if (event->has_epoch())
      std::cout << event->epoch().epoch() << " " << event->epoch().train_loss() << "\n";
  fnn::v1::PredictRequest predict;
  predict.set_model(events.run().model());
  *predict.add_inputs() = rows;
  const auto outputs = fnn::TensorToDoubles(client.Predict(predict).value().outputs(0)).value();
  for (double p : outputs) std::cout << "prediction " << p << "\n";
}
