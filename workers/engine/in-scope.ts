import * as tf from '@tensorflow/tfjs-core'

/** tf.tidy for work whose result contains no tensors: disposes all tensors that it made and did not `tf.keep`. */
export function inScope<Result>(work: () => Result): Result {
  let result!: Result
  tf.tidy(() => {
    result = work()
  })
  return result
}
