import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { encodeArtifact } from '#interchange/encode-artifact.ts'
import { load } from '#runtime/src/index.ts'
import { assertClose, somePixels } from '#test/support/predict.ts'
import { recordOf } from '#test/support/record.ts'

const run = promisify(execFile)

const PROGRAM = `import { readFile } from 'node:fs/promises'
import { load, type Model } from '@thresher/runtime'
const model: Model = await load(await readFile('model.sparse.safetensors.zst'))
const pixels: Uint8Array = await readFile('pixels')
const native = await load(await readFile('model.sparse.safetensors.zst'), { backend: 'native' }).catch(String)
console.log(JSON.stringify({ backend: model.backend, outputs: [...model.predict(pixels)], native }))
`
const COMPILER = ['--module', 'nodenext', '--target', 'es2023', '--strict', '--types', 'node']

test('the packed runtime, installed into an empty folder without a registry, predicts', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'thresher-installed-'))
  const within = { cwd: folder }
  try {
    const pack = ['pack', './runtime/dist/package', '--json', '--pack-destination', folder]
    const [{ filename }] = JSON.parse((await run('npm', pack)).stdout)
    await writeFile(join(folder, 'package.json'), '{"type":"module"}')
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', filename], within)
    const installed = await readdir(join(folder, 'node_modules'))
    assert.deepEqual(
      installed.filter(name => !name.startsWith('.')),
      ['@thresher'],
    )

    const { bytes } = await encodeArtifact('model.sparse.safetensors.zst', recordOf('mnist-lenet', 0.02))
    const pixels = Uint8Array.from(somePixels([28, 28, 1], 3))
    await writeFile(join(folder, 'model.sparse.safetensors.zst'), bytes)
    await writeFile(join(folder, 'pixels'), pixels)
    await writeFile(join(folder, 'program.ts'), PROGRAM)
    // The types are part of the package; those of Node come from here.
    const typeRoots = ['--typeRoots', join(process.cwd(), 'node_modules/@types')]
    const compiler = join(process.cwd(), 'node_modules/typescript/bin/tsc')
    await run(process.execPath, [compiler, ...COMPILER, ...typeRoots, 'program.ts'], within)

    const { stdout } = await run(process.execPath, ['program.js'], within)
    const { backend, outputs, native } = JSON.parse(stdout)
    // The package has no native module.
    assert.match(backend, /^wasm/)
    assert.match(native, /^Error: The native module does not load from .*build.native\.node/)
    const model = await load(bytes)
    assertClose(outputs, model.predict(pixels))
    model.dispose()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
