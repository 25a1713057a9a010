import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Api, startApi } from '#test/support/start-api.ts'
import { thresher, thresherInTerminal } from '#test/support/thresher-program.ts'

const ADMIN_KEY = 'an-admin-key-of-the-tests'

let api: Api
let home: string
before(async () => {
  api = await startApi({ adminKey: ADMIN_KEY })
  home = await mkdtemp(join(tmpdir(), 'thresher-home-'))
})
after(async () => {
  await api.stop()
  await rm(home, { recursive: true, force: true })
})

const admin = () => ({ THRESHER_URL: api.url, THRESHER_KEY: ADMIN_KEY })

test('a service that does not answer has the exit code 3, and the error names `thresher up`', async () => {
  const { code, stdout, stderr } = await thresher(['ls', '--url', 'http://127.0.0.1:1'])
  assert.deepEqual([code, stdout], [3, ''])
  assert.match(
    stderr,
    /^error: The service at http:\/\/127\.0\.0\.1:1 does not answer\.\n +`thresher up` starts/,
  )
})

test('a mistake in the command line has the exit code 2 and names the option', async () => {
  for (const [arguments_, message] of [
    [['train', 'mnist-mlp', '--sparsity', '2'], /--sparsity.*between 0 and 1/],
    [['train', 'mnist-mlp', '--url', 'localhost'], /--url.*http or https address/],
    [['train', 'missing.json'], /missing\.json cannot be read/],
    [['lss'], /Did you mean ls\?/],
    [['sweep'], /Usage: thresher sweep/],
  ] as const) {
    const { code, stderr } = await thresher(arguments_)
    assert.equal(code, 2, stderr)
    assert.match(stderr, message)
  }
})

test('a spec that the service refuses has the exit code 2, and each mistake its path', async () => {
  const refused = await thresher(['train', 'mnist-mlpp', '--epochs', '0'], { env: admin() })
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /^ +model\.preset {2}must be one of/m)
  assert.match(refused.stderr, /^ +epochs {8}/m)
  const json = await thresher(['train', 'mnist-mlp', '--epochs', '0', '--json'], { env: admin() })
  const { error } = JSON.parse(json.stderr)
  assert.deepEqual([error.code, error.errors[0].path, json.stdout], ['invalid_request', 'epochs', ''])
})

test('a missing key, and one without the scope, have the exit code 5', async () => {
  const missing = await thresher(['ls'], { env: { THRESHER_URL: api.url } })
  assert.equal(missing.code, 5)
  assert.match(missing.stderr, /THRESHER_KEY/)
  const created = await thresher(['keys', 'create', 'reader', '--scope', 'read'], { env: admin() })
  const reader = { THRESHER_URL: api.url, THRESHER_KEY: created.stdout.trim() }
  assert.equal((await thresher(['ls'], { env: reader })).code, 0)
  assert.equal((await thresher(['train', 'mnist-mlp'], { env: reader })).code, 5)
  const doctor = await thresher(['doctor', '--json'], { env: reader, cwd: home })
  const key = JSON.parse(doctor.stdout).find(({ name }: { name: string }) => name === 'key')
  assert.deepEqual([key.status, key.detail], ['info', 'valid, scope read: it cannot submit jobs'])
  const listed = await thresher(['keys', 'ls', '--json'], { env: admin() })
  const { id } = JSON.parse(listed.stdout.split('\n')[0]!)
  assert.equal((await thresher(['keys', 'revoke', id], { env: admin() })).code, 0)
  assert.equal((await thresher(['ls'], { env: reader })).code, 5)
})

test('login stores a key that only the user can read, and sends it to no other address', async () => {
  const env = { XDG_CONFIG_HOME: home }
  const wrong = await thresher(['login', '--url', api.url], { env, input: 'thr_wrong' })
  assert.equal(wrong.code, 5)
  const login = thresherInTerminal(['login', '--url', api.url], { env })
  await login.shows(/Key for .*: /)
  login.type(`${ADMIN_KEY}\r`)
  assert.equal(await login.ended(), 0, login.output())
  assert.ok(!login.output().includes(ADMIN_KEY), 'the key is not shown')
  const path = join(home, 'thresher', 'config.json')
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.deepEqual(JSON.parse(await readFile(path, 'utf8')), { url: api.url, key: ADMIN_KEY })
  assert.equal((await thresher(['ls'], { env })).code, 0)

  const received: (string | undefined)[] = []
  const other = createServer((request, response) => {
    received.push(request.headers.authorization)
    response.setHeader('content-type', 'application/json').end('{"data":[],"hasMore":false,"nextAfter":null}')
  }).listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  await thresher(['ls', '--url', `http://127.0.0.1:${port}`], { env })
  other.close()
  assert.deepEqual(received, [undefined])

  assert.equal((await thresher(['logout'], { env })).code, 0)
  assert.equal((await thresher(['ls', '--url', api.url], { env })).code, 5)
})

test('doctor names what is missing and what mends it, with the exit code 1', async () => {
  const { code, stdout } = await thresher(['doctor', '--url', 'http://127.0.0.1:1'], { cwd: home })
  assert.equal(code, 1)
  assert.match(stdout, /✗ service +http:\/\/127\.0\.0\.1:1 does not answer\n +→ `thresher up`/)
  const idle = await thresher(['doctor'], { env: admin(), cwd: home })
  assert.match(idle.stdout, /✗ workers +none is alive: jobs wait/)
})
