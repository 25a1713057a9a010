import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('forgotten-models.ts', import.meta.url))

for (const backend of ['native', 'wasm'])
  test(`garbage collection ends the threads of ${backend} models that nothing disposed of, and frees their memory`, () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--expose-gc', '--import', 'tsx', PROGRAM, backend],
      { encoding: 'utf8' },
    )
    assert.equal(status, 0, stderr)
  })
