import { it } from 'node:test'
import { runPythonTests } from './python-tests.ts'

it('the Python client repeats and resumes while its service drops, truncates, refuses and restarts', () =>
  runPythonTests('test_faults.py'))

it('the Python client continues and verifies downloads, also several to one path', () =>
  runPythonTests('test_downloads.py'))

it('the Python client converts values of NumPy, and names values, files and models that it refuses', () =>
  runPythonTests('test_mistakes.py', { KERAS_BACKEND: 'jax' }))
