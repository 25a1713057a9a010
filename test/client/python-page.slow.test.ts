import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startService } from '#test/support/start-service.ts'
import { runPythonTests } from './python-tests.ts'

const PAGE = fileURLToPath(new URL('../../docs/python.md', import.meta.url))

it('the code of docs/python.md runs, and its Keras model predicts the same as the service', async t => {
  const service = await startService()
  t.after(() => service.stop())
  await runPythonTests('test_docs.py', { THRESHER_URL: service.url, PAGE, KERAS_BACKEND: 'jax' })
})
