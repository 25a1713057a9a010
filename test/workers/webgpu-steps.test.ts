import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const CHILD = fileURLToPath(new URL('./print-steps.ts', import.meta.url))
const STEPS = 3
/** Sums of a thousand float32 products in another order, three steps on. */
const TOLERANCE = 1e-4

async function stepsOn(engine: string, preset: string) {
  const args = [engine, preset, STEPS, 8].map(String)
  const [answer] = await once(fork(CHILD, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }), 'message')
  return answer as { losses: number[]; weights: [string, number[]][] }
}

for (const preset of ['mnist-mlp', 'mnist-lenet']) {
  test(`webgpu takes the steps of ${preset} that the native engine takes`, async () => {
    const [native, webgpu] = await Promise.all([stepsOn('native', preset), stepsOn('webgpu', preset)])
    assert.equal(native.losses.length, STEPS)
    native.losses.forEach((loss, step) => {
      const other = webgpu.losses[step]!
      assert.ok(Math.abs(other - loss) < TOLERANCE * loss, `loss of step ${step}: ${other} for ${loss}`)
    })
    for (const [index, [name, values]] of native.weights.entries()) {
      const others = webgpu.weights[index]![1]
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      const furthest = values.reduce((most, value, i) => Math.max(most, Math.abs(value - others[i]!)), 0)
      assert.ok(furthest < TOLERANCE * largest, `${name} differs by ${furthest}`)
    }
  })
}
