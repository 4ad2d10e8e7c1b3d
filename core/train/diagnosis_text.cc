#include "absl/strings/str_cat.h"
#include "core/train/diagnosis.h"

namespace fnn::core {

DiagnosisText TextOf(v1::DiagnosisKind kind, absl::string_view layer) {
  const std::string of_layer = layer.empty() ? "" : absl::StrCat(" of layer ", layer);
  const std::string in_layer = layer.empty() ? "" : absl::StrCat(" in layer ", layer);
  switch (kind) {
    case v1::DIAGNOSIS_KIND_VANISHING_GRADIENT:
      return {
          absl::StrCat("The gradient gets so small on its way back to layer ", layer,
                       " that it hardly learns."),
          "Use relu with the he initialiser, put batch_norm between the layers, or add residual "
          "connections."};
    case v1::DIAGNOSIS_KIND_EXPLODING_GRADIENT:
      return {absl::StrCat("The gradient", of_layer, " is so large that steps lead astray."),
              "Scale the features and targets, or clip the gradient by its norm."};
    case v1::DIAGNOSIS_KIND_DEAD_UNITS:
      return {absl::StrCat("Most units", of_layer,
                           " are 0 for every sample, and have no slope to learn by."),
              "Lower the learning rate, or use leaky_relu, whose units do not die."};
    case v1::DIAGNOSIS_KIND_SATURATED_UNITS:
      return {absl::StrCat("Most activities", of_layer, " are where the activation is flat."),
              "Start from smaller weights (xavier), scale the features, or normalise before the "
              "activation."};
    case v1::DIAGNOSIS_KIND_UNBROKEN_SYMMETRY:
      return {absl::StrCat("All units", of_layer,
                           " have the same weights, compute the same, and will for ever."),
              "Draw the weights at random: xavier or he instead of zeros or a constant."};
    case v1::DIAGNOSIS_KIND_NO_LEARNING:
      return {"The training loss does not fall.",
              "Try another learning rate, and make sure that the targets can be told from the "
              "features."};
    case v1::DIAGNOSIS_KIND_OVERFITTING:
      return {"The validation loss rises while the training loss still falls.",
              "Stop early and restore the best epoch, or add dropout or l2."};
    case v1::DIAGNOSIS_KIND_DIVERGED:
      return {absl::StrCat("A value", in_layer, " is no longer finite, and training has ended."),
              "Lower the learning rate, scale the features, or clip the gradient by its norm."};
    case v1::DIAGNOSIS_KIND_LEARNING_RATE_TOO_LOW:
      return {"Steps are so small, in every layer, that training would take for ever.",
              "Raise the learning rate tenfold, and again while the loss falls steadily."};
    case v1::DIAGNOSIS_KIND_LEARNING_RATE_TOO_HIGH:
      return {
          absl::StrCat("Steps", in_layer, " are so large that the training loss does not fall."),
          "Lower the learning rate tenfold."};
    default:
      return {};
  }
}

}  // namespace fnn::core
