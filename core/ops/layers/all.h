// Every layer that computes a function, one line each, but for activations with learned parameters
// (core/ops/layers/all_learned-inl.h): for whatever makes something of each.

#ifndef FNN_CORE_OPS_LAYERS_ALL_H_
#define FNN_CORE_OPS_LAYERS_ALL_H_

#include "core/ops/layers/batch_norm.h"
#include "core/ops/layers/concat.h"
#include "core/ops/layers/dropout.h"
#include "core/ops/layers/glu.h"
#include "core/ops/layers/layer_norm.h"
#include "core/ops/layers/maxout.h"
#include "core/ops/layers/merge.h"
#include "core/ops/layers/pool.h"

namespace fnn::core {

// Table<MaxPool1D, ...>, in the order they are shown.
template <template <typename...> typename Table>
using LayerFunctionsOf = Table<  //
    MaxPool1D,                   //
    MaxPool2D,                   //
    AveragePool1D,               //
    AveragePool2D,               //
    GlobalMaxPool,               //
    GlobalAveragePool,           //
    BatchNormFunction,           //
    LayerNormFunction,           //
    DropoutFunction,             //
    AddFunction,                 //
    ProductFunction,             //
    ConcatFunction,              //
    MaxoutFunction,              //
    GluFunction>;

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_LAYERS_ALL_H_
