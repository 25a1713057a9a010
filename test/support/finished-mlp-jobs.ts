import request from 'supertest'
import { appendEvent, epochMetrics, startJob, succeed } from './drive-job.ts'
import type { Api } from './start-api.ts'

/** The job of the README, lr .3, c .002, mu .6, and what it trains to. */
export const README_JOB = {
  model: { preset: 'mnist-mlp' },
  optimizer: { name: 'grda', learningRate: 0.3, c: 0.002, mu: 0.6 },
  epochs: 10,
}
export const README_TRAINED = { first: 0.3068, last: 0.8842, sparseBytes: 237_149 }

const SIZES = [401_408, 512, 5120, 10]
const NAMES = ['dense_1/kernel', 'dense_1/bias', 'dense_2/kernel', 'dense_2/bias']

/** Epoch, threshold, non-zeros by variable and bytes of trainings with the same learning rate and mu, measured with `npm run study -- forecast`. */
const MEASURED = {
  0.001: [
    [1, 0.010655, 339_265, 311, 4754, 10, 1_430_072],
    [3, 0.020597, 283_190, 251, 4568, 7, 1_204_930],
    [6, 0.03122, 226_045, 222, 4416, 8, 975_614],
    [10, 0.042417, 171_679, 218, 4258, 6, 757_494],
  ],
  0.004: [
    [1, 0.042618, 156_592, 131, 3829, 7, 695_086],
    [3, 0.082389, 32_189, 93, 3099, 6, 178_843],
    [6, 0.124879, 20_111, 68, 2453, 3, 116_154],
    [10, 0.169667, 15_064, 59, 1976, 4, 89_081],
  ],
} as const

/** Lets a job of the preset mnist-mlp finish with the measured epochs. */
export async function finishMlpJob({ url, stores }: Api, c: keyof typeof MEASURED): Promise<string> {
  const job = { ...README_JOB, optimizer: { ...README_JOB.optimizer, c } }
  const { body } = await request(url).post('/v1/jobs').send(job)
  await startJob(stores, body.id)
  for (const [epoch, threshold, ...rest] of MEASURED[c]) {
    const nonzero = rest.slice(0, 4)
    const total = nonzero.reduce((sum, count) => sum + count, 0)
    const sparsity = 1 - total / 407_050
    const layers = NAMES.map((name, index) => ({
      name,
      shape: [SIZES[index]!],
      size: SIZES[index]!,
      nonzero: nonzero[index]!,
    }))
    const measured = { learningRate: 0.3, threshold, sparsity, layers, sparseBytes: rest[4], seconds: 46.9 }
    await appendEvent(stores, body.id, 'epoch', epochMetrics(epoch, measured))
  }
  await succeed(stores, body.id)
  return body.id
}
