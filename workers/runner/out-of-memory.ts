import type { Failure } from '#domain/event.ts'

/** The messages of TensorFlow on the host and on a GPU, of V8 for a heap or a buffer, of C++, and of a WebAssembly module. */
const OUT_OF_MEMORY =
  /out of memory|OOM when allocating|RESOURCE[_ ]?EXHAUSTED|ENOMEM|(failed|not|Cannot) (to )?allocate.* memory|buffer allocation failed|std::bad_alloc|Cannot enlarge memory|Aborted\(OOM\)/i

const ADVICE = 'Use a smaller batchSize or model, or a worker with more memory.'

/** Whether an error's message, or the end of a dead process's stderr, shows that memory ran out. */
export function saysOutOfMemory(text: string): boolean {
  return OUT_OF_MEMORY.test(text)
}

/** @param what a sentence with the numbers */
export function outOfMemory(what: string): Failure {
  return { code: 'out_of_memory', message: `${what} ${ADVICE}`, retryable: false }
}
