import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)
let tripwires: string

before(async () => {
  tripwires = await mkdtemp(join(tmpdir(), 'thresher-test-'))
  for (const tool of ['npm', 'python3', 'g++', 'c++', 'clang++', 'apt-get']) {
    await writeFile(join(tripwires, tool), `#!/bin/sh\ntouch ${tripwires}/used-${tool}\nexit 1\n`)
    await chmod(join(tripwires, tool), 0o755)
  }
})
after(() => rm(tripwires, { recursive: true, force: true }))

const setup = (args: string[], variables: Record<string, string> = {}) =>
  run(process.execPath, ['scripts/setup.mjs', ...args], {
    env: { ...process.env, ENGINE: 'native', PATH: `${tripwires}:${process.env.PATH}`, ...variables },
  })

test('where everything is there, setup says so and neither installs, downloads nor compiles', async () => {
  const { stderr } = await setup([])
  assert.match(
    stderr,
    /Packages: up to date\.\nRuntime: native\.\nDashboard, command line and service: up to date\.\nRedis: \/.*-server\.\n(.*\n)*Engine: TensorFlow 2\..* on .*\.\n$/,
  )
  assert.deepEqual(
    (await readdir(tripwires)).filter(name => name.startsWith('used-')),
    [],
  )
})

test('setup fails with one sentence when the native engine is requested and not available', async () => {
  await assert.rejects(
    setup(['engine'], { THRESHER_LIBTENSORFLOW: '/nowhere' }),
    (error: { stderr: string }) => {
      assert.match(error.stderr, /^Setup failed: the native engine is not available: .*\.$/m)
      return true
    },
  )
})

test('without a C++ compiler, setup says so before it downloads any TensorFlow', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'thresher-test-cache-'))
  const variables = { THRESHER_CACHE: cache, THRESHER_DEVICE: 'cpu', CXX: '' }
  await assert.rejects(setup(['engine'], variables), (error: { stderr: string }) => {
    assert.match(error.stderr, /a C\+\+ compiler is missing: run `sudo apt-get install g\+\+`/)
    return true
  })
  const used = (await readdir(tripwires)).filter(name => name.startsWith('used-'))
  assert.ok(!used.includes('used-python3'), `nothing is downloaded without a compiler: ${used.join(', ')}`)
  assert.deepEqual(await readdir(cache), [])
  await rm(cache, { recursive: true })
})
