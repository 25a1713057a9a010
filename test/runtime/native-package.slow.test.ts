import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { encodeArtifact } from '#interchange/encode-artifact.ts'
import { load } from '#runtime/src/index.ts'
import { assertClose, somePixels } from '#test/support/predict.ts'
import { recordOf } from '#test/support/record.ts'

const run = promisify(execFile)

const PROGRAM = `import { readFileSync } from 'node:fs'
import { load } from '@thresher/runtime'
const model = await load(readFileSync('model'), { threads: 2 })
console.log(JSON.stringify([model.backend, ...model.predict(readFileSync('pixels'))]))
`

test('both packed packages, installed into an empty folder without a registry, predict natively', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'thresher-installed-native-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const pack = async (name: string) => {
    const answer = await run('npm', [
      'pack',
      `./runtime/dist/${name}`,
      '--json',
      '--pack-destination',
      folder,
    ])
    return JSON.parse(answer.stdout)[0].filename
  }
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  const files = [await pack('package'), await pack('native')]
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', ...files], { cwd: folder })

  const { bytes } = await encodeArtifact('model.sparse.safetensors', recordOf('mnist-lenet', 0.02))
  const pixels = Uint8Array.from(somePixels([28, 28, 1], 3))
  await writeFile(join(folder, 'model'), bytes)
  await writeFile(join(folder, 'pixels'), pixels)
  await writeFile(join(folder, 'program.js'), PROGRAM)
  const { stdout } = await run(process.execPath, ['program.js'], { cwd: folder })
  const [backend, ...outputs] = JSON.parse(stdout)
  assert.match(backend, /^native (avx512|avx2|sse2|neon)$/)
  const model = await load(bytes, { backend: 'wasm' })
  assertClose(outputs, model.predict(pixels))
  model.dispose()
})
