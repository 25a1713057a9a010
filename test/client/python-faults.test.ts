import { it } from 'node:test'
import { runPythonTests } from './python-tests.ts'

it('the Python client repeats, resumes and verifies while its service drops, truncates, refuses and restarts', () =>
  runPythonTests('test_faults.py'))
