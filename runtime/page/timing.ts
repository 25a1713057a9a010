/** Browsers round times, some to 0.1 ms: a short prediction is repeated until this time has passed. */
const MEASURED_MS = 5

/** @returns the result, and the mean time of the calls in milliseconds */
export function timed<Result>(work: () => Result): { result: Result; milliseconds: number } {
  const start = performance.now()
  for (let calls = 1; ; calls++) {
    const result = work()
    const elapsed = performance.now() - start
    if (elapsed >= MEASURED_MS) return { result, milliseconds: elapsed / calls }
  }
}

/** The median times of both in alternating rounds, in milliseconds. */
export function compared(first: () => unknown, second: () => unknown, rounds: number): [number, number] {
  const times = Array.from({ length: rounds }, () => [first, second].map(work => timed(work).milliseconds))
  const median = (index: number) => times.map(pair => pair[index]!).sort((a, b) => a - b)[rounds >> 1]!
  return [median(0), median(1)]
}
