import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { startService } from '#test/support/start-service.ts'

const run = promisify(execFile)

test('the packed command line, installed into an empty folder, trains and downloads a verified model', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'thresher-installed-'))
  const service = await startService()
  const npx = (...arguments_: string[]) =>
    run('npx', ['--no-install', 'thresher', ...arguments_], {
      cwd: folder,
      env: { ...process.env, THRESHER_URL: service.url, XDG_CONFIG_HOME: folder },
    })
  try {
    const packed = await run('npm', ['pack', '--json', '--pack-destination', folder, '--workspace', 'cli'])
    const [{ filename }] = JSON.parse(packed.stdout)
    // Without a registry: the package has no dependencies.
    // npm installs into the closest folder above that has a manifest.
    await writeFile(join(folder, 'package.json'), '{}')
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', filename], { cwd: folder })
    assert.deepEqual(
      (await readdir(join(folder, 'node_modules'))).filter(name => !name.startsWith('.')),
      ['thresher'],
    )

    const options = ['--set', 'validation={"fraction":0.9}', '--lr', '0.3', '--mu', '0.6', '--epochs', '2']
    const trained = await npx('train', 'mnist-mlp', '--sparsity', '0.95', ...options, '--watch')
    assert.match(trained.stderr, /95\.00 % of 407,050 weights are zero/)
    const { stdout } = await npx('download', trained.stdout.trim(), '--json')
    const { path, sha256 } = JSON.parse(stdout)
    const content = await readFile(join(folder, path))
    assert.equal(createHash('sha256').update(content).digest('hex'), sha256)
    const answer = await fetch(`${service.url}/v1/jobs/${trained.stdout.trim()}/artifacts/${path}`)
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), content)
  } finally {
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  }
})
