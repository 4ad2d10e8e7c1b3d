// Values that arrive one by one, as an input range:
//
//   for (absl::StatusOr<fnn::v1::Model>& model : client.ListModels()) {
//     if (!model.ok()) return model.status();
//     std::cout << model->name() << "\n";
//   }
//
// An error is the last element. Leaving the loop early and destroying the range ends the call
// behind it.

#ifndef FNN_STREAM_RANGE_H_
#define FNN_STREAM_RANGE_H_

#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"

namespace fnn {

// Where a StreamRange takes its values from.
template <typename T>
class StreamSource {
 public:
  // Ends whatever call is under way, and waits until it is over.
  virtual ~StreamSource() = default;

  // Waits for the next value; nullopt at the end. Not called again after the end or an error.
  virtual absl::StatusOr<std::optional<T>> Next() = 0;

  // Makes a Next that waits, and every later one, give the end soon. Any thread, at any time.
  virtual void Cancel() = 0;
};

// A single-pass range over a StreamSource. Movable; iterators are valid while the range lives and
// is not moved. One thread iterates.
template <typename T>
class StreamRange {
 public:
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = absl::StatusOr<T>;
    using difference_type = std::ptrdiff_t;
    using pointer = value_type*;
    using reference = value_type&;

    // The end of every range.
    iterator() = default;

    reference operator*() const { return *range_->current_; }
    pointer operator->() const { return &*range_->current_; }
    // Waits for the next element.
    iterator& operator++() {
      range_->Advance();
      if (!range_->current_.has_value()) range_ = nullptr;
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& a, const iterator& b) { return a.range_ == b.range_; }

   private:
    friend class StreamRange;
    explicit iterator(StreamRange* range) : range_(range) {}
    StreamRange* range_ = nullptr;
  };

  // An empty range.
  StreamRange() = default;
  explicit StreamRange(std::unique_ptr<StreamSource<T>> source) : source_(std::move(source)) {}

  StreamRange(StreamRange&&) noexcept = default;
  StreamRange& operator=(StreamRange&&) noexcept = default;

  // The element that is next; the first time it waits for it.
  iterator begin() {
    if (!current_.has_value()) Advance();
    return current_.has_value() ? iterator(this) : iterator();
  }
  iterator end() { return iterator(); }

  // Ends the range soon, without an error, also while another thread waits in it. Any thread, as
  // long as the range lives and is not moved.
  void Cancel() {
    if (source_ != nullptr) source_->Cancel();
  }

 private:
  void Advance() {
    current_.reset();
    if (source_ == nullptr || ended_) return;
    absl::StatusOr<std::optional<T>> next = source_->Next();
    if (!next.ok()) {
      ended_ = true;
      current_.emplace(next.status());
    } else if (next->has_value()) {
      current_.emplace(*std::move(*next));
    } else {
      ended_ = true;
    }
  }

  std::unique_ptr<StreamSource<T>> source_;
  std::optional<absl::StatusOr<T>> current_;
  bool ended_ = false;
};

}  // namespace fnn

#endif  // FNN_STREAM_RANGE_H_
