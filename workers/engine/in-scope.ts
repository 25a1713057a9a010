import * as tf from '@tensorflow/tfjs-core'

/** tf.tidy for work whose result holds no tensors: all that it made and did not `tf.keep` are freed. */
export function inScope<Result>(work: () => Result): Result {
  let result!: Result
  tf.tidy(() => {
    result = work()
  })
  return result
}
