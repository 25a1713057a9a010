import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { pythonWith } from '#scripts/python-with.ts'
import { startService } from '#test/support/start-service.ts'
import { runPythonTests } from './python-tests.ts'

const NOTEBOOK = fileURLToPath(new URL('../../docs/quickstart.ipynb', import.meta.url))

it('modules of PyTorch with weights from to_torch predict the same as the service', async t => {
  const python = await pythonWith(['torch==2.15.0', 'numpy==2.4.6', 'safetensors==0.8.0'])
  const service = await startService()
  t.after(() => service.stop())
  await runPythonTests('test_torch.py', { THRESHER_URL: service.url, NOTEBOOK }, python)
})
