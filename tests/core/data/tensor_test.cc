#include "core/data/tensor.h"

#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <typename T>
v1::Tensor Make(std::vector<int64_t> shape, v1::DataType type, const std::vector<T>& values) {
  v1::Tensor tensor;
  tensor.mutable_shape()->Assign(shape.begin(), shape.end());
  tensor.set_data_type(type);
  std::string bytes(values.size() * sizeof(T), '\0');
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  tensor.set_data(bytes);
  return tensor;
}

std::string Fault(const v1::Tensor& tensor) {
  const auto matrix = ReadTensor(tensor, OneDimension::kOneRow, FieldPath("x"));
  EXPECT_FALSE(matrix.ok());
  return matrix.ok() ? "none" : Faults(matrix.status()).at(0);
}

std::vector<float> Values(const v1::Tensor& tensor) {
  const auto matrix = ReadTensor(tensor, OneDimension::kOneRow, FieldPath("x"));
  EXPECT_TRUE(matrix.ok()) << matrix.status();
  return matrix.ok() ? matrix->values : std::vector<float>{};
}

TEST(TensorTest, ReadsEveryType) {
  EXPECT_THAT(Values(Make<float>({2, 2}, v1::DATA_TYPE_FLOAT32, {1, -2.5, 3e38F, 0})),
              ElementsAre(1, -2.5, 3e38F, 0));
  EXPECT_THAT(Values(Make<double>({3}, v1::DATA_TYPE_FLOAT64, {0.1, -1e-300, 3.4028234e38})),
              ElementsAre(0.1F, 0, 3.4028234e38F));
  EXPECT_THAT(Values(Make<int32_t>({2}, v1::DATA_TYPE_INT32, {INT32_MIN, 7})),
              ElementsAre(-2147483648.0F, 7));
  EXPECT_THAT(Values(Make<int64_t>({2}, v1::DATA_TYPE_INT64, {INT64_MAX, -7})),
              ElementsAre(9223372036854775808.0F, -7));
  EXPECT_THAT(Values(Make<uint8_t>({2}, v1::DATA_TYPE_UINT8, {255, 0})), ElementsAre(255, 0));
}

TEST(TensorTest, OneDimensionIsARowOrAColumn) {
  const auto tensor = Make<float>({3}, v1::DATA_TYPE_FLOAT32, {1, 2, 3});
  const auto row = ReadTensor(tensor, OneDimension::kOneRow, FieldPath());
  const auto column = ReadTensor(tensor, OneDimension::kOneColumn, FieldPath());
  ASSERT_TRUE(row.ok() && column.ok());
  EXPECT_EQ(row->rows, 1);
  EXPECT_EQ(row->columns, 3);
  EXPECT_EQ(column->rows, 3);
  EXPECT_EQ(column->columns, 1);
}

TEST(TensorTest, RefusesTypes) {
  EXPECT_EQ(Fault(Make<float>({1}, v1::DATA_TYPE_UNSPECIFIED, {1})), "x.data_type REQUIRED");
  EXPECT_EQ(Fault(Make<float>({1}, static_cast<v1::DataType>(99), {1})), "x.data_type REQUIRED");
  EXPECT_EQ(Fault(Make<float>({1}, static_cast<v1::DataType>(-1), {1})), "x.data_type REQUIRED");
}

TEST(TensorTest, RefusesShapes) {
  const std::vector<float> one{1};
  EXPECT_EQ(Fault(Make({}, v1::DATA_TYPE_FLOAT32, one)), "x.shape WRONG_SHAPE");
  EXPECT_EQ(Fault(Make({1, 1, 1}, v1::DATA_TYPE_FLOAT32, one)), "x.shape WRONG_SHAPE");
  for (const std::vector<int64_t>& shape :
       {std::vector<int64_t>{0}, {-1}, {0, 5}, {5, 0}, {-1, -1}, {INT64_MIN, INT64_MIN}, {-4, 1}}) {
    EXPECT_EQ(Fault(Make(shape, v1::DATA_TYPE_FLOAT32, one)), "x.shape EMPTY");
    EXPECT_EQ(Fault(Make<float>(shape, v1::DATA_TYPE_FLOAT32, {})), "x.shape EMPTY");
  }
}

TEST(TensorTest, RefusesLengths) {
  EXPECT_EQ(Fault(Make<float>({2, 2}, v1::DATA_TYPE_FLOAT32, {1, 2, 3})), "x.data WRONG_LENGTH");
  EXPECT_EQ(Fault(Make<float>({2}, v1::DATA_TYPE_FLOAT64, {1, 2})), "x.data WRONG_LENGTH");
  EXPECT_EQ(Fault(Make<uint8_t>({1}, v1::DATA_TYPE_FLOAT32, {1, 2, 3})), "x.data WRONG_LENGTH");
  EXPECT_EQ(Fault(Make<float>({1}, v1::DATA_TYPE_FLOAT32, {})), "x.data WRONG_LENGTH");
  EXPECT_EQ(Fault(Make<float>({1}, v1::DATA_TYPE_FLOAT32, {1, 2})), "x.data WRONG_LENGTH");
}

TEST(TensorTest, LengthsAreOfTheShapeThatWasSent) {
  for (const auto one : {OneDimension::kOneRow, OneDimension::kOneColumn}) {
    const auto tensor = Make<uint8_t>({7}, v1::DATA_TYPE_UINT8, {1, 2});
    EXPECT_THAT(Descriptions(ReadTensor(tensor, one, FieldPath("x")).status()),
                HasSubstr("must have 7 bytes for shape [7], not 2"));
  }
}

TEST(TensorTest, ElementsAreOfAnyShape) {
  const auto values =
      ReadElements(Make<uint8_t>({2, 1, 2}, v1::DATA_TYPE_UINT8, {1, 2, 3, 4}), FieldPath("x"));
  ASSERT_TRUE(values.ok()) << values.status();
  EXPECT_THAT(*values, ElementsAre(1, 2, 3, 4));
  const auto fault = [](const v1::Tensor& tensor) {
    return Descriptions(ReadElements(tensor, FieldPath("x")).status());
  };
  EXPECT_THAT(fault(Make<uint8_t>({2, 1, 2}, v1::DATA_TYPE_UINT8, {1})),
              HasSubstr("must have 4 bytes for shape [2, 1, 2], not 1"));
  EXPECT_THAT(fault(Make<float>({2, 1, 2}, v1::DATA_TYPE_FLOAT32, {1, 2, HUGE_VALF, 4})),
              HasSubstr("element [1, 0, 0] (from 0) is not finite"));
}

TEST(TensorTest, ShapesThatOverflowAreWrongLengths) {
  for (const std::vector<int64_t>& shape : {std::vector<int64_t>{int64_t{1} << 62, 4},
                                            {int64_t{1} << 32, int64_t{1} << 32},
                                            {INT64_MAX, INT64_MAX},
                                            {INT64_MAX},
                                            {int64_t{1} << 61, 2},
                                            {int64_t{1} << 62}}) {
    EXPECT_EQ(Fault(Make<float>(shape, v1::DATA_TYPE_FLOAT32, {})), "x.data WRONG_LENGTH");
    EXPECT_EQ(Fault(Make<float>(shape, v1::DATA_TYPE_FLOAT64, {1, 2})), "x.data WRONG_LENGTH");
  }
}

TEST(TensorTest, NamesThePlaceOfWhatIsNotFinite) {
  const float infinity = std::numeric_limits<float>::infinity();
  const auto tensor = Make<float>({2, 3}, v1::DATA_TYPE_FLOAT32, {1, 2, 3, 4, infinity, 6});
  const auto matrix = ReadTensor(tensor, OneDimension::kOneRow, FieldPath("x"));
  EXPECT_THAT(Faults(matrix.status()), ElementsAre("x.data NOT_FINITE"));
  EXPECT_THAT(Descriptions(matrix.status()), HasSubstr("row 1, column 1 (both from 0)"));
  EXPECT_EQ(Fault(Make<float>({1}, v1::DATA_TYPE_FLOAT32, {-std::nanf("")})), "x.data NOT_FINITE");
  for (const double value : {std::nan(""), 1e39, -1e308, HUGE_VAL, -HUGE_VAL}) {
    EXPECT_EQ(Fault(Make<double>({1}, v1::DATA_TYPE_FLOAT64, {value})), "x.data NOT_FINITE");
  }
}

TEST(TensorTest, MakeTensorIsReadBack) {
  const std::vector<float> values{1, 2, 3, 4, 5, 6};
  const v1::Tensor tensor = MakeTensor("a", 2, 3, values);
  EXPECT_EQ(tensor.name(), "a");
  EXPECT_THAT(tensor.shape(), ElementsAre(2, 3));
  EXPECT_EQ(Values(tensor), values);
}

}  // namespace
}  // namespace fnn::core
