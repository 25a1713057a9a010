import { after, before, it } from 'node:test'
import { type Service, startService } from '#test/support/start-service.ts'
import { runPythonTests } from './python-tests.ts'

let service: Service
before(async () => {
  service = await startService()
})
after(() => service.stop())

it('the Python client submits, watches, downloads, predicts and uploads with a real service', () =>
  runPythonTests('test_service.py', { THRESHER_URL: service.url }))
