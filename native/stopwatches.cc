#include "stopwatches.h"

namespace thresher {
namespace {

/** Made when the first stopwatch is, in whatever order files are initialised. */
std::vector<Stopwatch*>& all() {
  static std::vector<Stopwatch*> stopwatches;
  return stopwatches;
}

}  // namespace

Stopwatch::Stopwatch(const char* op) : op(op) { all().push_back(this); }

const std::vector<Stopwatch*>& Stopwatches() { return all(); }

}  // namespace thresher
