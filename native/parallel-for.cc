#include "parallel-for.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace thresher {
namespace {

using Work = std::function<void(int64_t, int64_t)>;

/** Threads for kernels, because TensorFlow's C API does not provide its own. A thread that wakes up late does not delay the others. */
class Crew {
 public:
  explicit Crew(int helpers) {
    for (int i = 0; i < helpers; i++) std::thread([this] { Help(); }).detach();
  }

  void Run(int64_t count, int64_t piece, const Work& work) {
    std::unique_lock<std::mutex> turn(turn_, std::try_to_lock);
    if (!turn.owns_lock()) return work(0, count);
    {
      std::lock_guard<std::mutex> lock(state_);
      work_ = &work;
      count_ = count;
      piece_ = piece;
      next_ = 0;
      round_++;
      is_open_ = true;
    }
    wake_.notify_all();
    TakePieces();
    {
      std::lock_guard<std::mutex> lock(state_);
      is_open_ = false;
    }
    // A thread that is still busy has less than one piece left.
    while (busy_ > 0) std::this_thread::yield();
  }

 private:
  void TakePieces() {
    for (;;) {
      const int64_t begin = next_.fetch_add(piece_);
      if (begin >= count_) return;
      (*work_)(begin, std::min(begin + piece_, count_));
    }
  }

  void Help() {
    uint64_t seen = 0;
    std::unique_lock<std::mutex> lock(state_);
    for (;;) {
      wake_.wait(lock, [&] { return is_open_ && round_ != seen; });
      seen = round_;
      busy_++;
      lock.unlock();
      TakePieces();
      busy_--;
      lock.lock();
    }
  }

  std::mutex turn_;
  std::mutex state_;
  std::condition_variable wake_;
  const Work* work_ = nullptr;
  int64_t count_ = 0;
  int64_t piece_ = 1;
  std::atomic<int64_t> next_{0};
  std::atomic<int> busy_{0};
  uint64_t round_ = 0;
  bool is_open_ = false;
};

/** Never deleted, because its threads may be waiting when the process ends. */
Crew* crew = nullptr;
int thread_count = 1;

}  // namespace

void StartThreads(int threads) {
  if (crew != nullptr || threads <= 1) return;
  crew = new Crew(threads - 1);
  thread_count = threads;
}

int Threads() { return thread_count; }

void ParallelFor(int64_t count, int64_t piece, const Work& work) {
  if (crew == nullptr || count <= piece) return work(0, count);
  crew->Run(count, piece, work);
}

}  // namespace thresher
