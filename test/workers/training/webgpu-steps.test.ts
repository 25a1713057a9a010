import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
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

async function stepsOn(engine: string, preset: string, steps: number, optimizer: object): Promise<Answer> {
  const args = [engine, preset, String(steps), '8', JSON.stringify(optimizer)]
  const [answer] = await once(fork(CHILD, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }), 'message')
  return answer
}

async function compare(preset: string, steps: number, optimizer: object, tolerance: number): Promise<void> {
  const [native, webgpu] = await Promise.all(
    ['native', 'webgpu'].map(engine => stepsOn(engine, preset, steps, optimizer)),
  )
  assert.equal(native!.losses.length, steps)
  native!.losses.forEach((loss, step) => {
    const other = webgpu!.losses[step]!
    assert.ok(Math.abs(other - loss) < tolerance * loss, `loss of step ${step}: ${other} for ${loss}`)
  })
  for (const [index, [name, values]] of native!.changes.entries()) {
    const others = webgpu!.changes[index]![1]
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const furthest = values.reduce((most, value, i) => Math.max(most, Math.abs(value - others[i]!)), 0)
    assert.ok(largest > 0 && furthest < tolerance * largest, `${name}: ${furthest} of ${largest}`)
  }
}

for (const preset of ['mnist-mlp', 'mnist-lenet']) {
  test(`the gradients of ${preset} are the same on webgpu as on the native engine`, () =>
    compare(preset, 1, DESCENT, OF_GRADIENTS))

  test(`webgpu takes the steps of ${preset} that the native engine takes`, () =>
    compare(preset, 3, GRDA, OF_STEPS))
}
