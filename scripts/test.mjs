// Runs the tests: all but the slow ones, those too with --all, or just the files that are named.
// Node 20's runner takes no glob, so the files are listed here.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { projectDirectory } from './setup/project-directory.mjs'

const named = process.argv.slice(2).filter(argument => argument !== '--all')
const all = process.argv.includes('--all')

const runner = ['--import', 'tsx', '--test', '--test-concurrency=2', '--test-reporter=spec']
// A file that hangs fails with its name. Slow files have no time limit.
if (!all && named.length === 0) runner.push('--test-timeout=900000')
const { status } = spawnSync(process.execPath, [...runner, ...(named.length > 0 ? named : listTests())], {
  cwd: projectDirectory,
  stdio: 'inherit',
  // Without the native engine the suite would pass under wasm; in CI that must be a failure.
  env: { ...process.env, ...(process.env.CI && { ENGINE: 'native' }) },
})
process.exitCode = status ?? 1

function listTests() {
  return readdirSync(join(projectDirectory, 'test'), { recursive: true })
    .filter(file => file.endsWith('.test.ts') && (all || !file.endsWith('.slow.test.ts')))
    .map(file => join('test', file))
    .sort()
}
