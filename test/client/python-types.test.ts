import { execFile } from 'node:child_process'
import { it } from 'node:test'
import { promisify } from 'node:util'
import { pythonWithReaders } from '#test/support/readers.ts'
import { clientEnvironment, PYTHON_CLIENT } from './python-tests.ts'

/** Prints the files whose syntax is newer than the oldest Python that the package supports. */
const SYNTAX = `
import ast, pathlib, sys
for path in pathlib.Path("src").rglob("*.py"):
    ast.parse(path.read_text(), str(path), feature_version=(3, 9))
`

async function python(...words: string[]): Promise<void> {
  const options = { cwd: PYTHON_CLIENT, env: clientEnvironment() }
  await promisify(execFile)(await pythonWithReaders(), words, options).catch(({ stdout, stderr }) => {
    throw new Error(`${stdout}\n${stderr}`)
  })
}

it('the Python client and its tests satisfy mypy --strict', () =>
  python('-m', 'mypy', '--strict', '--cache-dir=/dev/null'))

it('the Python client has the syntax of Python 3.9', () => python('-c', SYNTAX))
