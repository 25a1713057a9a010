import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { endChild, endWithTests } from '#test/support/end-with-tests.ts'
import { freePort, ready } from '#test/support/start-service.ts'

const run = promisify(execFile)

test('the packed service and command line, installed from the registry, start with one command and train', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'thresher-installed-'))
  const env = { ...process.env, XDG_DATA_HOME: join(folder, 'data'), XDG_CONFIG_HOME: folder }
  try {
    const packed = await run('npm', [
      'pack',
      '--json',
      '--pack-destination',
      folder,
      '--workspace',
      'cli',
      '--include-workspace-root',
    ])
    const files = JSON.parse(packed.stdout).map(({ filename }: { filename: string }) => filename)
    assert.equal(files.length, 2)
    await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...files], {
      cwd: folder,
      maxBuffer: 1e8,
    })

    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const program = join(folder, 'node_modules', '.bin', 'thresher')
    const up = endWithTests(
      spawn(program, ['up', '--port', String(port)], {
        cwd: folder,
        env,
        stdio: ['ignore', 'inherit', 'inherit'],
      }),
    )
    await ready(url, up)
    const dashboard = await fetch(`${url}/ui/`)
    assert.match(await dashboard.text(), /<script/)
    const options = ['--sparsity', '0.95', '--epochs', '2', '--lr', '0.3', '--mu', '0.6']
    const trained = await run(program, ['train', 'mnist-mlp', ...options, '--watch', '--url', url], {
      cwd: folder,
      env,
    })
    assert.match(trained.stderr, /95\.00 % of 407,050 weights are zero/)
    assert.equal(await endChild(up, 'SIGINT'), 0)
    // The data are in the folder of the user, not among the packages.
    assert.ok(existsSync(join(folder, 'data', 'thresher', 'blobs')))
    assert.ok(!existsSync(join(folder, 'node_modules', '@thresher', 'service', '.thresher')))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
