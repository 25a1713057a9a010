import type { Job } from '@thresher/client'
import type { Explanation } from './explanation.ts'

export type FailureCode = NonNullable<Job['error']>['code']

/** Failures of jobs: the code of `error`. */
export const FAILURES: Readonly<Record<FailureCode, Explanation>> = {
  diverged: {
    meaning:
      'The loss became NaN or infinite. The message names the variables that are no longer finite. The last good checkpoint is kept.',
    remedy:
      'Lower the learning rate (divide it by 3 to 10), set `optimizer.globalClipNorm`, or normalize the inputs with `dataset.normalize`. A high mu without batch normalization can diverge late: lower mu.',
  },
  invalid_data: {
    meaning: 'The training could not read its dataset or checkpoint: the content of the file is wrong.',
    remedy: 'Correct what the message names and upload it again. The same job would fail again.',
  },
  out_of_memory: {
    meaning: 'The training needed more memory than its worker has.',
    remedy:
      'Use a smaller `batchSize` or network, or a worker with more memory. `plan` estimates the memory.',
  },
  device_fault: {
    meaning: 'The device of the worker, usually a GPU, reported a fault.',
    remedy: 'Submit the job again. If it happens again, check the device and its driver.',
  },
  worker_lost: {
    meaning:
      'The training process was lost more often than `maxRestarts` allows. Each time the job had restarted from its last checkpoint.',
    remedy:
      'Check the workers: machines that restart, or memory that runs out. Continue the job from its checkpoint with a clone that has `"continue": true`.',
  },
  timed_out: {
    meaning: 'The job ran longer than its `maxRuntimeSeconds`, over all attempts.',
    remedy:
      'Continue it with a clone that has `"continue": true` and a higher `maxRuntimeSeconds`, or train fewer epochs. `plan` estimates the duration.',
  },
  quota_exceeded: {
    meaning: 'A quota of the tenant or the key is used up.',
    remedy: 'Wait until the quota has room again, or ask the operator for more.',
  },
  internal: {
    meaning: 'An error inside the service ended the training.',
    remedy:
      'Submit the job again. If it fails again, give the operator the id of the job: the log of the worker has the cause.',
  },
}
