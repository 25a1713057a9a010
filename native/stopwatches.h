#pragma once

#include <vector>

#include "kernel.h"

namespace thresher {

/** One for each op. */
const std::vector<Stopwatch*>& Stopwatches();

}  // namespace thresher
