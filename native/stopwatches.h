#pragma once

#include <vector>

#include "kernel.h"

namespace thresher {

/** The stopwatches of all ops. */
const std::vector<Stopwatch*>& Stopwatches();

}  // namespace thresher
