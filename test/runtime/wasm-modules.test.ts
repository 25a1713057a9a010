import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

test('The WebAssembly modules of the runtime belong to the present sources', () => {
  const check = spawnSync(process.execPath, ['runtime/scripts/build-wasm.mjs', '--check'], {
    encoding: 'utf8',
  })
  assert.equal(check.status, 0, check.stderr)
})
