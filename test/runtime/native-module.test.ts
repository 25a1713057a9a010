import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { KERNEL_SOURCES } from '#runtime/src/engine/kernel-sources.ts'

const PROGRAM = `import { load } from './lib/node/index.js'
import { readFileSync } from 'node:fs'
const file = readFileSync('model')
const native = await load(file, { backend: 'native' }).catch(error => error.message)
console.log(JSON.stringify([native.backend ?? native, (await load(file)).backend, (await load(file)).backend]))
`

test('a native module of other sources is refused with one warning, and WebAssembly computes', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'thresher-native-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  cpSync('runtime/dist/package', folder, { recursive: true })
  const { encodeArtifact } = await import('#interchange/encode-artifact.ts')
  const { recordOf } = await import('#test/support/record.ts')
  const { bytes } = await encodeArtifact('model.sparse.safetensors', recordOf('mnist-mlp', 0.02))
  writeFileSync(join(folder, 'model'), bytes)
  writeFileSync(join(folder, 'program.js'), PROGRAM)
  const module = readFileSync('runtime/build/native.node')
  cpSync('runtime/build/native.node', join(folder, 'build/native.node'))
  const run = () => {
    const { stdout, stderr } = spawnSync(process.execPath, ['program.js'], { cwd: folder, encoding: 'utf8' })
    return { backends: stdout && JSON.parse(stdout), stderr }
  }
  const { backends } = run()
  assert.match(backends.join(), /^native \w+,native \w+,native \w+$/)

  const at = module.indexOf(KERNEL_SOURCES)
  assert.ok(at > 0)
  module[at] = module[at] === 48 ? 49 : 48
  writeFileSync(join(folder, 'build/native.node'), module)
  const refused = run()
  assert.match(refused.backends[0], /compiled from other sources than this program/)
  assert.match(refused.backends.slice(1).join(), /^wasm \w+,wasm \w+$/)
  assert.equal(refused.stderr.split('compiled from other sources').length - 1, 1, refused.stderr)
})
