#include "fnn/operator_form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "fnn/v1/training.pb.h"
#include "tests/client/mock_connection.h"

namespace fnn {
namespace {

using ::testing::Contains;
using ::testing::Not;
using ::testing::StartsWith;

// What the text makes of an empty message.
template <typename T>
std::string Parsed(const std::string& text) {
  T message;
  const absl::Status status = ParseOperator(text, message);
  EXPECT_TRUE(status.ok()) << status;
  return message.ShortDebugString();
}

TEST(OperatorFormTest, ReadsOperatorsWithArguments) {
  EXPECT_EQ(Parsed<v1::Optimizer>("adam"), "adam { }");
  EXPECT_EQ(Parsed<v1::Optimizer>(" adam ( beta1 = 0.8 , learning_rate = 1e-2 ) "),
            "learning_rate: 0.01 adam { beta1: 0.8 }");
  EXPECT_EQ(Parsed<v1::Loss>("cross_entropy(label_smoothing=0.1)"),
            "cross_entropy { label_smoothing: 0.1 }");
  EXPECT_EQ(Parsed<v1::Metric>("top_k_accuracy(3)"), "top_k_accuracy { k: 3 }");
  EXPECT_EQ(Parsed<v1::Metric>("f1(weighted)"), "f1 { average: AVERAGE_WEIGHTED }");
  EXPECT_EQ(Parsed<v1::Metric>("f1(average=AVERAGE_MICRO)"), "f1 { average: AVERAGE_MICRO }");
  EXPECT_EQ(Parsed<v1::Metric>("rmse()"), "root_mean_squared_error { }");
  EXPECT_EQ(Parsed<v1::Loss>("huber(delta=inf)"), "huber { delta: inf }");
}

TEST(OperatorFormTest, ReadsWhatStandsAroundTheOperator) {
  EXPECT_EQ(Parsed<v1::Schedule>("cosine(10, minimum=1e-4, per_step, warm_up(length=5))"),
            "cosine { period: 10 minimum: 0.0001 } per_step: true warm_up { length: 5 }");
  EXPECT_EQ(Parsed<v1::Schedule>("constant(warm_up)"), "constant { } warm_up { }");
}

TEST(OperatorFormTest, KeepsOtherFieldsAndReplacesTheOperator) {
  auto optimizer = Text<v1::Optimizer>("learning_rate: 2 adam { beta1: 0.5 }");
  ASSERT_TRUE(ParseOperator("adam(beta2=0.25)", optimizer).ok());
  EXPECT_EQ(optimizer.ShortDebugString(), "learning_rate: 2 adam { beta2: 0.25 }");
  EXPECT_FALSE(ParseOperator("sgd(beta2=0.25)", optimizer).ok());
  EXPECT_EQ(optimizer.ShortDebugString(), "learning_rate: 2 adam { beta2: 0.25 }");
}

TEST(OperatorFormTest, ReadsArgumentsAlone) {
  v1::EarlyStopping stopping;
  ASSERT_TRUE(ParseOperatorArguments("", stopping).ok());
  EXPECT_EQ(stopping.ShortDebugString(), "");
  const absl::Status status = ParseOperatorArguments(
      "patience=5, min_delta=0.01, restore_best, metric=f1(micro)", stopping);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(stopping.ShortDebugString(),
            "metric { f1 { average: AVERAGE_MICRO } } patience: 5 min_delta: 0.01 "
            "restore_best: true");
}

TEST(OperatorFormTest, SaysWhatIsWrong) {
  v1::Schedule schedule;
  const auto expect = [&](const std::string& text, const std::string& message) {
    EXPECT_THAT(std::string(ParseOperator(text, schedule).message()), StartsWith(message));
  };
  expect("", "column 1: expected a schedule, one of constant, step, ");
  expect("cosin", "column 1: no schedule is called 'cosin'; did you mean 'cosine'? There are");
  expect("cosine)", "column 7: expected the end");
  expect("cosine cosine", "column 8: expected the end");
  expect("cosine(warm_up=5)", "column 16: warm_up takes its arguments in parentheses");
  expect("cosine(warm_up(5)", "column 18: expected ',' or ')'");
  expect("cosine(warm_up(5", "column 17: expected ',' or ')'");
  expect("cosine(warm_up(start=5))",
         "column 16: warm_up has no argument 'start'. There are length");
  expect("cosine(per_step=yes)", "column 17: expected true or false for per_step, not 'yes'");
  v1::EarlyStopping stopping;
  EXPECT_THAT(std::string(ParseOperatorArguments("patient=5", stopping).message()),
              StartsWith("column 1: early stopping has no argument 'patient'; did you mean "
                         "'patience'? There are metric, patience, min_delta, restore_best"));
  EXPECT_THAT(std::string(ParseOperatorArguments("patience=5)", stopping).message()),
              StartsWith("column 11: expected the end"));
}

TEST(OperatorFormTest, PrintsWhatItReads) {
  const auto expect = [](google::protobuf::Message&& message, const std::string& text) {
    const absl::Status status = ParseOperator(text, message);
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(ToOperatorForm(message), text);
  };
  expect(v1::Optimizer(), "adam(beta1=0.8,learning_rate=0.01)");
  expect(v1::Optimizer(), "lion(learning_rate=0.1)");
  expect(v1::Loss(), "focal(0.30000000000000004)");
  expect(v1::Loss(), "huber(inf)");
  expect(v1::Metric(), "precision(average=macro)");
  expect(v1::Schedule(), "cosine(period=10,minimum=0.001,per_step,warm_up(start_factor=0.5))");
  expect(v1::Schedule(), "reduce_on_plateau(factor=0.5,warm_up)");
  EXPECT_EQ(ToOperatorForm(v1::Loss()), "");
}

v1::Tensor FloatTensor() {
  return Text<v1::Tensor>(
      "shape: [2, 1] data_type: DATA_TYPE_FLOAT32 data: "
      "'\\000\\000\\200\\077\\315\\314\\314\\075'");
}

TEST(OperatorFormTest, PrintsTensorsOfEveryType) {
  const auto print = [](const v1::Tensor& values) {
    v1::Initializer initializer;
    *initializer.mutable_given()->mutable_values() = values;
    return ToOperatorForm(initializer);
  };
  EXPECT_EQ(print(FloatTensor()), "given([[1],[0.1]])");
  EXPECT_EQ(print(Text<v1::Tensor>("shape: [1, 2, 2] data_type: DATA_TYPE_UINT8 data: 'ABCD'")),
            "given([[[65,66],[67,68]]])");
  EXPECT_EQ(
      print(Text<v1::Tensor>("shape: 1 data_type: DATA_TYPE_INT32 data: '\\376\\377\\377\\377'")),
      "given([-2])");
  EXPECT_EQ(
      print(Text<v1::Tensor>("shape: 1 data_type: DATA_TYPE_INT64 data: 'A\\000\\000\\000\\000"
                             "\\000\\000\\000'")),
      "given([65])");
  EXPECT_EQ(
      print(Text<v1::Tensor>("shape: 1 data_type: DATA_TYPE_FLOAT64 data: '\\000\\000\\000\\000"
                             "\\000\\000\\360\\277'")),
      "given([-1])");
}

TEST(OperatorFormTest, LeavesOutTensorsThatAreNone) {
  for (const char* tensor :
       {"", "shape: 2", "data_type: DATA_TYPE_UINT8 data: 'A'", "shape: 1 data: 'A'",
        "shape: 2 data_type: DATA_TYPE_UINT8 data: 'A'", "shape: 1 data_type: DATA_TYPE_UINT8",
        "shape: 1 data_type: DATA_TYPE_UINT8 data: 'AB'",
        "shape: [0, 2] data_type: DATA_TYPE_UINT8 data: 'AB'",
        "shape: [-1, -2] data_type: DATA_TYPE_UINT8 data: 'AB'",
        "shape: [9223372036854775807, 2] data_type: DATA_TYPE_UINT8 data: 'AB'",
        "shape: 1 data_type: DATA_TYPE_INT32 data: 'ABC'"}) {
    v1::Initializer initializer;
    *initializer.mutable_given()->mutable_values() = Text<v1::Tensor>(tensor);
    EXPECT_EQ(ToOperatorForm(initializer), "given") << tensor;
  }
}

// Sets every field that a text can hold to something that is not its default.
void Fill(google::protobuf::Message& message) {
  using google::protobuf::FieldDescriptor;
  const auto& set = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    const bool in_kind =
        field->containing_oneof() != nullptr && field->containing_oneof()->name() == "kind";
    if (in_kind && set.HasOneof(message, field->containing_oneof())) continue;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
      set.SetDouble(&message, field, 0.1 + i);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
      if (!field->is_repeated()) set.SetInt64(&message, field, 2 + i);
      for (int k = 2; field->is_repeated() && k < 4; ++k) set.AddInt64(&message, field, k + i);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
      set.SetBool(&message, field, !field->has_presence());
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      set.SetEnumValue(&message, field, 2);
    } else if (field->message_type() == v1::Tensor::descriptor()) {
      set.MutableMessage(&message, field)->CopyFrom(FloatTensor());
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Fill(*set.MutableMessage(&message, field));
    }
  }
}

// So that what is new in the contract can be read and printed without a line of code.
TEST(OperatorFormTest, EveryArgumentOfEveryOperatorGoesBothWays) {
  const v1::Activation activation;
  const v1::Initializer initializer;
  const v1::Layer layer;
  const v1::Loss loss;
  const v1::Metric metric;
  const v1::Optimizer optimizer;
  const v1::Scaling scaling;
  const v1::Schedule schedule;
  for (const google::protobuf::Message* prototype :
       std::initializer_list<const google::protobuf::Message*>{
           &activation, &initializer, &layer, &loss, &metric, &optimizer, &scaling, &schedule}) {
    const auto* kind = prototype->GetDescriptor()->FindOneofByName("kind");
    for (int i = 0; i < kind->field_count(); ++i) {
      const std::string& name = kind->field(i)->name();
      // By itself a kind of kind, which only the short form has.
      if (name == "activation") continue;
      const std::unique_ptr<google::protobuf::Message> message(prototype->New());
      message->GetReflection()->MutableMessage(message.get(), kind->field(i));
      Fill(*message->GetReflection()->MutableMessage(message.get(), kind->field(i)));
      Fill(*message);
      const std::string text = ToOperatorForm(*message);
      SCOPED_TRACE(text);
      const std::unique_ptr<google::protobuf::Message> again(prototype->New());
      const absl::Status status = ParseOperator(text, *again);
      ASSERT_TRUE(status.ok()) << status;
      EXPECT_EQ(again->DebugString(), message->DebugString());
    }
  }
}

TEST(OperatorFormTest, ASummaryLeavesOutDefaults) {
  const auto metric = Text<v1::Metric>("f1 { average: AVERAGE_MACRO }");
  EXPECT_EQ(ToOperatorForm(metric, Detail::kSummary), "f1");
}

TEST(OperatorFormTest, NamesIncludeShortOnes) {
  const std::vector<std::string> names = OperatorNames(*v1::Loss::descriptor());
  EXPECT_THAT(names, Contains("mean_squared_error"));
  EXPECT_THAT(names, Contains("mse"));
  EXPECT_THAT(names, Contains("mae"));
  EXPECT_THAT(names, Not(Contains("rmse")));
}

}  // namespace
}  // namespace fnn
