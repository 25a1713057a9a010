#include "stopwatches.h"

namespace thresher {
namespace {

/** Created with the first stopwatch, because the order in which files are initialised is undefined. */
std::vector<Stopwatch*>& all() {
  static std::vector<Stopwatch*> stopwatches;
  return stopwatches;
}

}  // namespace

Stopwatch::Stopwatch(const char* op) : op(op) { all().push_back(this); }

const std::vector<Stopwatch*>& Stopwatches() { return all(); }

}  // namespace thresher
