import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const CHILD = fileURLToPath(new URL('./print-steps.ts', import.meta.url))
const GRDA = { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.6 }
/** With it a step takes the gradient from the weights, and nothing else. */
const DESCENT = { name: 'sgd', learningRate: 1 }
/** Of the largest: sums of a thousand float32 products in another order. */
const OF_GRADIENTS = 1e-5
/** The same, three steps on. */
const OF_STEPS = 1e-4

interface Answer {
  losses: number[]
  /** What the steps add to each variable. */
  changes: [string, number[]][]
}

/** What is taken from the same weights: a gradient, and some steps. */
const COURSES = [
  { steps: 1, optimizer: DESCENT },
  { steps: 3, optimizer: GRDA },
]

async function answersOn(engine: string, preset: string): Promise<Answer[]> {
  const args = [engine, preset, '8', JSON.stringify(COURSES)]
  const [answers] = await once(
    fork(CHILD, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
    'message',
  )
  return answers
}

function compare(native: Answer, webgpu: Answer, steps: number, tolerance: number): void {
  assert.equal(native.losses.length, steps)
  native.losses.forEach((loss, step) => {
    const other = webgpu.losses[step]!
    assert.ok(Math.abs(other - loss) < tolerance * loss, `loss of step ${step}: ${other} for ${loss}`)
  })
  for (const [index, [name, values]] of native.changes.entries()) {
    const others = webgpu.changes[index]![1]
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const furthest = values.reduce((most, value, i) => Math.max(most, Math.abs(value - others[i]!)), 0)
    assert.ok(largest > 0 && furthest < tolerance * largest, `${name}: ${furthest} of ${largest}`)
  }
}

for (const preset of ['mnist-mlp', 'mnist-lenet']) {
  describe(`${preset} on two engines`, () => {
    let native: Answer[]
    let webgpu: Answer[]
    before(async () => {
      ;[native, webgpu] = await Promise.all([answersOn('native', preset), answersOn('webgpu', preset)])
    })

    test(`the gradients of ${preset} are the same on webgpu as on the native engine`, () =>
      compare(native[0]!, webgpu[0]!, 1, OF_GRADIENTS))

    test(`webgpu takes the steps of ${preset} that the native engine takes`, () =>
      compare(native[1]!, webgpu[1]!, 3, OF_STEPS))
  })
}
