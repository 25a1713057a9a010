import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { freePort } from '#test/support/start-service.ts'
import { thresher, thresherInTerminal } from '#test/support/thresher-program.ts'

const CHECKOUT = new URL('../../', import.meta.url).pathname

test('up starts a service from a checkout, names its addresses, and Ctrl-C ends it', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'thresher-up-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const env = { NO_COLOR: '1', THRESHER_URL: url }
  const up = thresherInTerminal(['up', '--port', String(port), '--data-dir', dataDir], { cwd: CHECKOUT, env })
  try {
    await up.shows(/In another terminal:/)
    for (const address of [`${url}/ui`, `${url}/docs`, dataDir])
      assert.ok(up.output().includes(address), address)
    const doctor = await thresher(['doctor', '--json'], { env, cwd: CHECKOUT })
    assert.equal(doctor.code, 0, doctor.stdout)
    const names = JSON.parse(doctor.stdout).map(({ name }: { name: string }) => name)
    assert.deepEqual(names, ['node', 'service', 'key', 'worker', 'local', 'redis', 'engine', 'disk'])
    const second = await thresher(['up', '--port', String(port)], { env, cwd: CHECKOUT })
    assert.equal(second.code, 1)
    assert.match(second.stderr, /answers at .* already/)
  } finally {
    up.type('\x03')
  }
  assert.equal(await up.ended(), 0)
  assert.match(up.output(), /Stopping/)
  assert.equal((await thresher(['ls'], { env })).code, 3)
  // Redis has ended, too: it removes the link to its socket when another one starts, and its file is complete.
  assert.ok((await readdir(join(dataDir, 'redis'))).includes('appendonlydir'))
  await rm(dataDir, { recursive: true, force: true })
})

test('without a service on the machine, up says what to install', async () => {
  const { code, stderr } = await thresher(['up', '--port', String(await freePort())], { cwd: tmpdir() })
  assert.equal(code, 1)
  assert.match(stderr, /npm install --ignore-scripts @thresher\/service/)
})
