// Tensors as nested lists: `[[1, 2.5], [3, 4]]`.

#ifndef FNN_CLIENT_SRC_FORM_TENSOR_H_
#define FNN_CLIENT_SRC_FORM_TENSOR_H_

#include <google/protobuf/descriptor.h>

#include <string>

#include "absl/status/status.h"
#include "client/src/form/cursor.h"
#include "fnn/v1/tensor.pb.h"

namespace fnn::form {

// Whether the field holds a fnn.v1.Tensor.
bool IsTensor(const google::protobuf::FieldDescriptor& field);

// Reads lists, all of one level as long as one another, into a tensor of 32-bit floats.
absl::Status ParseTensor(Cursor& cursor, v1::Tensor& tensor);

// The other way round, whatever the type; empty where shape, type and data do not agree, or there
// is no element.
std::string PrintTensor(const v1::Tensor& tensor);

}  // namespace fnn::form

#endif  // FNN_CLIENT_SRC_FORM_TENSOR_H_
