import { after, before, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Service, startService } from '#test/support/start-service.ts'
import { runPythonTests } from './python-tests.ts'

const PAGE = fileURLToPath(new URL('../../docs/python.md', import.meta.url))

let service: Service
before(async () => {
  service = await startService()
})
after(() => service.stop())

it('the Python client submits, watches, downloads, predicts and uploads with a real service', () =>
  runPythonTests('test_service.py', { THRESHER_URL: service.url }))

it('the code of docs/python.md runs, and its Keras model predicts the same as the service', () =>
  runPythonTests('test_docs.py', { THRESHER_URL: service.url, PAGE, KERAS_BACKEND: 'jax' }))
