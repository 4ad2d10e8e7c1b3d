//   soak cycles N
//       Create, train, predict, delete, N times; at the end the server may take 5 % more memory
//       than after a tenth of them.
//   soak cancels N
//       N runs are cancelled at any moment.
//   soak watchers RUNS WATCHERS [N [ROWS]]
//       RUNS runs of 150 epochs of ROWS rows (default 500) are watched by WATCHERS each, half of
//       whom stall; N times with and without those.

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "tests/e2e/soak/soak.h"

int main(int argc, char** argv) {
  const std::string part = argc > 1 ? argv[1] : "";
  std::vector<int64_t> numbers;
  for (int i = 2; i < argc; ++i) {
    int64_t number = 0;
    if (!absl::SimpleAtoi(argv[i], &number) || number < 1) numbers.clear();
    numbers.push_back(number);
  }
  if (part == "cycles" && numbers.size() == 1) return fnn::e2e::Cycles(numbers[0]);
  if (part == "cancels" && numbers.size() == 1) return fnn::e2e::Cancels(numbers[0]);
  if (part == "watchers" && numbers.size() >= 2 && numbers.size() <= 4) {
    return fnn::e2e::Watchers(numbers[0], numbers[1], numbers.size() > 2 ? numbers[2] : 1,
                              numbers.size() > 3 ? numbers[3] : 500);
  }
  std::cerr << "soak cycles N | cancels N | watchers RUNS WATCHERS [N [ROWS]]\n";
  return 2;
}
