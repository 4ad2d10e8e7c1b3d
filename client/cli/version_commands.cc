#include "client/cli/version_commands.h"

#include <ostream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/exit_code.h"
#include "client/cli/json.h"
#include "client/cli/model_commands.h"
#include "client/cli/model_name.h"
#include "client/cli/print_list.h"
#include "client/cli/table.h"
#include "client/cli/text.h"

namespace fnn::cli {
namespace {

std::string ValidationLoss(const v1::ModelVersion& version) {
  return version.epoch().has_validation_loss() ? Number(version.epoch().validation_loss()) : "";
}

std::string OrDash(const std::string& text) { return text.empty() ? "-" : text; }

// The name of an alias in full; a usage error for what names none.
absl::StatusOr<std::string> AliasName(const std::string& text) {
  std::string name = ModelVersionName(text);
  if (name.find("/aliases/") != std::string::npos) return name;
  return UsageError(
      absl::StrCat("an alias is written MODEL@ALIAS, such as digits@champion, not '", text, "'"));
}

}  // namespace

absl::Status VersionList(Context& context, const VersionListArgs& args) {
  constexpr auto kRight = Table::Align::kRight;
  Table table({{"NAME"},
               {"ALIASES"},
               {"EPOCH", kRight},
               {"TRAIN LOSS", kRight},
               {"VALIDATION LOSS", kRight},
               {"RUN"},
               {"CREATED"}});
  auto request = MakeListRequest<v1::ListModelVersionsRequest>(args.list);
  request.set_parent(ResourceName("models", args.model));
  return PrintList<v1::ListModelVersionsResponse>(
      context, context.client.ListModelVersions(std::move(request)), std::move(table),
      [](v1::ListModelVersionsResponse& page) { return page.add_model_versions(); },
      [](const v1::ModelVersion& version) -> std::vector<std::string> {
        return {version.name(),
                OrDash(absl::StrJoin(version.aliases(), ", ")),
                absl::StrCat(version.epoch().epoch()),
                Number(version.epoch().train_loss()),
                OrDash(ValidationLoss(version)),
                OrDash(version.run()),
                Time(version.create_time())};
      });
}

absl::Status VersionGet(Context& context, const std::string& name) {
  const absl::StatusOr<v1::ModelVersion> version = context.client.GetModelVersion(name);
  if (!version.ok()) return version.status();
  if (context.format != Format::kTable) {
    PrintJson(context, *version);
    return absl::OkStatus();
  }
  const v1::Provenance& provenance = version->provenance();
  context.env.out << NamesAndValues({{"name", version->name()},
                                     {"aliases", absl::StrJoin(version->aliases(), ", ")},
                                     {"epoch", absl::StrCat(version->epoch().epoch())},
                                     {"train loss", Number(version->epoch().train_loss())},
                                     {"validation loss", ValidationLoss(*version)},
                                     {"digest", version->epoch().parameter_digest()},
                                     {"size", Bytes(version->size_bytes())},
                                     {"run", version->run()},
                                     {"dataset", provenance.dataset()},
                                     {"dataset digest", provenance.dataset_digest()},
                                     {"started from", provenance.spec().initial_version()},
                                     {"imported from", provenance.imported_from()},
                                     {"trained by", provenance.engine_version()},
                                     {"instruction set", provenance.instruction_set()},
                                     {"created", Time(version->create_time())}});
  return absl::OkStatus();
}

absl::Status AliasSet(Context& context, const AliasSetArgs& args) {
  const absl::StatusOr<std::string> alias = AliasName(args.alias);
  if (!alias.ok()) return alias.status();
  const absl::StatusOr<v1::Model> model = context.client.SetModelAlias(*alias, args.version);
  if (!model.ok()) return model.status();
  Print(context, *model);
  return absl::OkStatus();
}

absl::Status AliasDelete(Context& context, const std::string& alias) {
  const absl::StatusOr<std::string> name = AliasName(alias);
  if (!name.ok()) return name.status();
  const absl::StatusOr<v1::Model> model = context.client.DeleteModelAlias(*name);
  if (!model.ok()) return model.status();
  Print(context, *model);
  return absl::OkStatus();
}

}  // namespace fnn::cli
