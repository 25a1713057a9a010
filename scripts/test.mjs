// Runs the tests: all but the slow ones, those too with --all, or just the files that are named.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { compiledService } from './setup/compile-service.mjs'
import { projectDirectory } from './setup/project-directory.mjs'
import { FILE_TIMEOUT_MS } from './test-timeout.mjs'

/** The longest files, which start first: one that starts last would run alone. Those that compute and those that wait alternate. */
const FIRST = [
  'interchange/exports.test.ts',
  'faults/refused-writes.test.ts',
  'web/every-page.test.ts',
  'workers/layers/webgpu.test.ts',
  'workers/supervisor/supervise-job.test.ts',
  'acceptance/run-again.test.ts',
]

const named = process.argv.slice(2).filter(argument => argument !== '--all')
const all = process.argv.includes('--all')
process.exitCode = named.length > 0 ? runFiles(named) : runSuite()

/** @returns the exit code */
function runFiles(files, environment = {}) {
  // A file that hangs fails by name; the slow ones take what they take.
  const timeout = all || named.length > 0 ? Number.POSITIVE_INFINITY : FILE_TIMEOUT_MS
  const script = name => join(projectDirectory, 'scripts', name)
  const flags = ['--import', 'tsx', '--import', script('tell-what-hangs.mjs')]
  const command = [...flags, script('test-files.mjs'), String(timeout), ...files]
  const { status } = spawnSync(process.execPath, command, {
    cwd: projectDirectory,
    stdio: 'inherit',
    // Without the native engine the suite would pass under wasm; a CI must not call that a success.
    env: { ...process.env, ...environment, ...(process.env.CI && { ENGINE: 'native' }) },
  })
  return status ?? 1
}

/** Copies the service that setup has compiled, for the tests that start it, and runs all files. @returns the exit code */
function runSuite() {
  const cache = join(projectDirectory, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const compiled = mkdtempSync(join(cache, 'service-'))
  // Test files run side by side, and only one at a time can install it. If it cannot be installed, those that need it fail.
  spawnSync(process.execPath, [join(projectDirectory, 'scripts', 'setup.mjs'), 'browser'], {
    stdio: 'inherit',
  })
  try {
    cpSync(compiledService, compiled, { recursive: true })
    return runFiles(listTests(), { COMPILED_SERVICE: compiled })
  } finally {
    rmSync(compiled, { recursive: true, force: true })
  }
}

function listTests() {
  const files = readdirSync(join(projectDirectory, 'test'), { recursive: true })
    .filter(file => file.endsWith('.test.ts') && (all || !file.endsWith('.slow.test.ts')))
    .sort()
  const missing = FIRST.find(file => !files.includes(file))
  if (missing) throw new Error(`scripts/test.mjs starts test/${missing} first, but there is no such file.`)
  return [...new Set([...FIRST, ...files])].map(file => join('test', file))
}
