import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { answer, problem, stalled, startScriptedServer } from '#test/support/scripted-server.ts'
import { thresher } from '#test/support/thresher-program.ts'

const NO_SERVICE = 'http://127.0.0.1:1'
const ID = 'job_01k00000000000000000000000'
const OTHER_ID = 'job_01k00000000000000000000001'

let home: string
before(async () => {
  home = await mkdtemp(join(tmpdir(), 'thresher-recovery-'))
})
after(() => rm(home, { recursive: true, force: true }))

test('a command for several records does all, and names those that the service refuses', async () => {
  const service = await startScriptedServer(
    problem(409, 'conflict'),
    answer(200, { id: OTHER_ID, status: 'cancelled' }),
  )
  const cancel = await thresher(['cancel', ID, OTHER_ID, '--url', service.url])
  assert.deepEqual([cancel.code, cancel.stdout], [2, `${OTHER_ID}  cancelled\n`])
  assert.match(cancel.stderr, new RegExp(`^error: ${ID}: It is conflict`))
  await service.close()

  const other = await startScriptedServer(problem(404, 'not_found'), answer(204, {}))
  const removed = await thresher(['models', 'rm', 'a@1', 'b@1', '--json', '--url', other.url])
  assert.deepEqual(
    [removed.code, JSON.parse(removed.stdout), JSON.parse(removed.stderr).error.name],
    [2, { id: 'b@1', deleted: true }, 'a@1'],
  )
  await other.close()
})

test('with --json, each error is a JSON document with a code', async () => {
  for (const [arguments_, exitCode, code, message] of [
    [['lss'], 2, 'usage', /unknown command 'lss'/],
    [['train'], 2, 'usage', /missing required argument 'what'/],
    [['ls', '--limit', '-1'], 2, 'usage', /whole number/],
    [['sweep'], 2, 'usage', /incomplete/],
    [['ls', '--url', NO_SERVICE], 3, 'connection', /does not answer/],
  ] as const) {
    const ended = await thresher([...arguments_, '--json'])
    assert.equal(ended.code, exitCode)
    const { error } = JSON.parse(ended.stderr)
    assert.equal(error.code, code)
    assert.match(error.message, message)
  }
})

test('a damaged file of a login is read only when it is needed, and logout deletes it', async () => {
  const path = join(home, 'thresher', 'config.json')
  await mkdir(join(home, 'thresher'), { recursive: true })
  for (const damaged of ['{', 'null', '{"url": 5}']) {
    await writeFile(path, damaged)
    const env = { XDG_CONFIG_HOME: home }
    const needed = await thresher(['ls'], { env })
    assert.equal(needed.code, 2)
    assert.match(needed.stderr, /config\.json is damaged\.\n +`thresher logout` deletes it/)
    const variables = { ...env, THRESHER_URL: NO_SERVICE, THRESHER_KEY: 'thr_key' }
    assert.equal((await thresher(['ls'], { env: variables })).code, 3)
    assert.equal((await thresher(['logout'], { env })).code, 0)
    await assert.rejects(stat(path))
  }
})

test('a service that accepts connections and never answers is given up', async () => {
  const service = await startScriptedServer(stalled)
  const { code, stderr } = await thresher(['ls', '--url', service.url])
  assert.equal(code, 3)
  assert.match(stderr, /does not answer/)
  const attempts = service.requests.filter(({ url }) => !url.startsWith('/health'))
  assert.equal(attempts.length, 1)
  await service.close()
})

test('up refuses a port that another program uses, and names --port', async () => {
  const server = createServer(socket => socket.destroy()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const { code, stderr } = await thresher(['up', '--port', String(port), '--data-dir', home])
  assert.equal(code, 1)
  assert.match(stderr, new RegExp(`Another program uses port ${port}.*\n +--port`))
  server.close()
})
