#pragma once

#include <cstdint>
#include <functional>

namespace thresher {

/** Starts the threads of ParallelFor. `threads` includes the caller's. Must be called once, before any kernel runs. */
void StartThreads(int threads);

/** The number of threads of ParallelFor, including the caller's. */
int Threads();

/**
 * Calls `work(begin, end)` for pieces that cover [0, count), `piece` numbers each, on all threads at once. The result must not depend
 * on the pieces. If another call is running, this one does all work on the caller's thread.
 */
void ParallelFor(int64_t count, int64_t piece, const std::function<void(int64_t, int64_t)>& work);

}  // namespace thresher
