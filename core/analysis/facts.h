// What is particular to each kind of operator, from the entries of the tables.

#ifndef FNN_CORE_ANALYSIS_FACTS_H_
#define FNN_CORE_ANALYSIS_FACTS_H_

#include "core/ops/layers/table.h"
#include "core/ops/table.h"
#include "fnn/v1/operator.pb.h"

namespace fnn::core {

// Sets `facts` of the operator; a LayerOp is an activation here.
void SetFacts(const ActivationOp& op, v1::Operator& out);
void SetFacts(const LayerOp& op, v1::Operator& out);
void SetFacts(const LossOp& op, v1::Operator& out);
void SetFacts(const OptimizerOp& op, v1::Operator& out);
void SetFacts(const ScheduleOp& op, v1::Operator& out);
void SetFacts(const InitializerOp& op, v1::Operator& out);
void SetFacts(const MetricOp& op, v1::Operator& out);

}  // namespace fnn::core

#endif  // FNN_CORE_ANALYSIS_FACTS_H_
