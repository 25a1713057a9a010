import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import { fromNetwork } from '#runtime/src/index.ts'
import type { ModelOptions } from '#runtime/src/options.ts'
import { networkOf, randomModel } from '#test/runtime/random-model.ts'

// Forgets models of a backend, and ends when garbage collection has ended their threads; run with --expose-gc.

const network = networkOf(randomModel(PRESET_TOPOLOGIES['mnist-mlp']))
const options = { backend: process.argv[2], threads: 3 } as ModelOptions
const threads = () => readdirSync('/proc/self/task').length
const MODELS = 10

/** In a function of its own, so that nothing refers to the models when it has ended. */
async function forget(): Promise<number> {
  const models = await Promise.all(Array.from({ length: MODELS }, () => fromNetwork(network, options)))
  for (const model of models) assert.equal(model.predict(new Uint8Array(784)).length, 10)
  return threads()
}

const before = threads()
const most = await forget()
assert.ok(most >= before + 2 * MODELS, `${most} threads after ${before}`)
for (let turn = 0; turn < 2000 && threads() > most - 2 * MODELS; turn++) {
  globalThis.gc!()
  await setImmediate()
}
assert.ok(threads() <= most - 2 * MODELS, `${threads()} threads are left of ${most}`)
