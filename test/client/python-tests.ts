import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { pythonWithReaders } from '#test/support/readers.ts'

export const PYTHON_CLIENT = fileURLToPath(new URL('../../client/python', import.meta.url))

/** The environment of a program that imports the Python client. */
export function clientEnvironment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { THRESHER_URL: _, THRESHER_KEY: __, ...env } = process.env
  const isolated = { PYTHONPATH: `${PYTHON_CLIENT}/src`, PYTHONDONTWRITEBYTECODE: '1' }
  return { ...env, ...isolated, ...more }
}

/** Runs a file of `client/python/tests`. @throws Error with its output when a test fails */
export async function runPythonTests(
  file: string,
  environment: Record<string, string> = {},
  python?: string,
): Promise<void> {
  const options = { cwd: `${PYTHON_CLIENT}/tests`, env: clientEnvironment(environment) }
  const program = python ?? (await pythonWithReaders())
  try {
    await promisify(execFile)(program, ['-W', 'error::ResourceWarning', '-m', 'unittest', file], options)
  } catch (error) {
    throw new Error((error as { stderr?: string }).stderr || String(error))
  }
}
