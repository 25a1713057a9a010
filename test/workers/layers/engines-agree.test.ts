import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const CHILD = fileURLToPath(new URL('./print-network-values.ts', import.meta.url))

async function valuesOn(engine: string): Promise<number[]> {
  const [values] = await once(
    fork(CHILD, [engine], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }),
    'message',
  )
  return values
}

test('both engines drop the same units, and compute the same outputs, statistics and gradients', async () => {
  const [native, wasm] = await Promise.all([valuesOn('native'), valuesOn('wasm')])
  assert.ok(native.length > 400)
  assert.equal(wasm.length, native.length)
  for (const [i, value] of native.entries()) {
    assert.ok(Math.abs(wasm[i]! - value) < 1e-5, `value ${i}: ${wasm[i]} on wasm, ${value} natively`)
  }
})
