#pragma once

#include <cstdint>
#include <functional>

namespace thresher {

/** How many threads ParallelFor has, the caller's included. Called once, before any kernel runs. */
void StartThreads(int threads);

/** How many there are. */
int Threads();

/**
 * Calls `work(begin, end)` for pieces that cover [0, count), `piece` numbers each, on all threads at once. What is computed
 * must not depend on the pieces. Called while another call is under way, it does the work on the caller's thread.
 */
void ParallelFor(int64_t count, int64_t piece, const std::function<void(int64_t, int64_t)>& work);

}  // namespace thresher
