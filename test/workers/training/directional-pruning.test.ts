import assert from 'node:assert/strict'
import { it } from 'node:test'
import { growThreshold, INITIAL_THRESHOLD } from '#optimization/threshold.ts'
import { denseLayer, problemOf } from '#test/support/analysed-models.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { train } from '#workers/training/loop.ts'

await openEngine('native')

const RATE = 0.1
const STEPS = 500
const OPTIONS = { c: 0.004, mu: 0.6, clock: 'steps' } as const

/** Orthogonal directions of R^4: the loss is curved along the first two, and flat along the others. */
const CURVED = [
  [0.5, 0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5, -0.5],
]
const FLAT = [
  [0.5, 0.5, -0.5, -0.5],
  [0.5, -0.5, -0.5, 0.5],
]
const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0)
const project = (vectors: readonly number[][], w: readonly number[]) =>
  w.map((_, i) => vectors.reduce((sum, vector) => sum + dot(vector, w) * vector[i]!, 0))

/** Linear regression: the mean of (x w - y)^2 over x in 2 CURVED has the Hessian 4 sum of u u^T over CURVED. */
const CURVATURE = 4
const PROBLEM = {
  layers: [denseLayer('out', 1)],
  loss: 'meanSquaredError',
  x: CURVED.map(u => u.map(value => 2 * value)),
  y: [[2], [-1]],
}

async function trained(optimizer: object): Promise<number[]> {
  const { spec, splits } = problemOf(PROBLEM, { optimizer, epochs: STEPS, seed: 4 })
  let weights: number[] = []
  for await (const item of train(spec, splits, new AbortController().signal))
    if (item.type === 'epoch') weights = [...item.weights[0]!.data]
  return weights
}

it('gRDA lands on w* - lambda P0 sign(w*), and the error is that of the growing threshold along the curved directions', async () => {
  const minimum = await trained({ name: 'sgd', learningRate: RATE })
  const sparse = await trained({ name: 'grda', learningRate: RATE, ...OPTIONS })
  let [before, clock] = [INITIAL_THRESHOLD, INITIAL_THRESHOLD]
  for (let step = 0; step < STEPS; step++) [before, clock] = [clock, growThreshold(clock, RATE, OPTIONS)]
  const lambda = clock.l1
  assert.deepEqual(
    minimum.map(value => Math.abs(value) > lambda),
    [true, true, true, true],
    'no weight reaches zero, where the solution has another form',
  )
  const signs = minimum.map(Math.sign)
  const shrunk = project(FLAT, signs)
  const expected = minimum.map((value, i) => value - lambda * shrunk[i]!)
  const error = Math.hypot(...sparse.map((value, i) => value - expected[i]!))
  const growth = (clock.l1 - before.l1) / RATE
  const bound = (growth / CURVATURE) * Math.hypot(...project(CURVED, signs))
  assert.deepEqual([error < 1.05 * bound + 1e-5, lambda * Math.hypot(...shrunk) > 20 * bound], [true, true])
})
