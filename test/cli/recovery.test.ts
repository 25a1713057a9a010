import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { answer, problem, stalled, startScriptedServer } from '#test/support/scripted-server.ts'
import { thresher, thresherPath } from '#test/support/thresher-program.ts'

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

test('a file or folder that does not exist is named in words', async () => {
  const service = await startScriptedServer(problem(404, 'not_found'))
  for (const [arguments_, message] of [
    [['download', ID, '-o', 'missing/model'], /--output: there is no folder missing\./],
    [['download', ID, '-o', ''], /--output must be a file or a folder/],
    [['train', './'], /\.\/ cannot be read: illegal operation on a directory/],
    [['models', 'predict', 'digits', 'missing.png'], /missing\.png: no such file or directory/],
    [['show', '@0'], /@0 names none: the newest job is @1/],
  ] as const) {
    const { code, stderr } = await thresher([...arguments_, '--url', service.url], { cwd: home })
    assert.equal(code, 2, stderr)
    assert.match(stderr, message)
  }
  await service.close()
})

test('a download of a file that the job does not have names those that it has', async () => {
  const files = [{ name: 'model.onnx' }, { name: 'metrics.csv' }]
  const service = await startScriptedServer(
    problem(404, 'not_found'),
    answer(200, { data: files, hasMore: false, nextAfter: null }),
  )
  const { code, stderr } = await thresher(['download', ID, 'nope.txt', '--url', service.url], { cwd: home })
  assert.equal(code, 2)
  assert.match(stderr, /no file nope\.txt\.\n +Its files: model\.onnx, metrics\.csv\./)
  await service.close()
})

test('a cut of a trade-off that is not measured names the command that measures it', async () => {
  const service = await startScriptedServer(problem(409, 'tradeoff_not_ready'))
  for (const arguments_ of [
    ['download', ID, '--sparsity', '0.9'],
    ['tradeoff', ID],
  ]) {
    const { code, stderr } = await thresher([...arguments_, '--url', service.url], { cwd: home })
    assert.equal(code, 1)
    assert.match(stderr, new RegExp(`thresher tradeoff ${ID} --measure`))
  }
  await service.close()
})

test('a full disk below standard output is an error', async () => {
  const program = [process.execPath, thresherPath, '--version'].join(' ')
  const { code, stderr } = await promisify(execFile)('sh', ['-c', `${program} > /dev/full`]).then(
    () => ({ code: 0, stderr: '' }),
    error => error,
  )
  assert.equal(code, 1)
  assert.match(stderr, /^error: standard output: no space left on device\n$/)
})

test('the value of --dataset is completed with the ids of datasets', async () => {
  const service = await startScriptedServer(
    answer(200, { data: [{ id: 'mnist', name: 'MNIST' }], hasMore: false, nextAfter: null }),
  )
  const words = ['complete', '--', 'train', 'mnist-mlp', '--dataset', 'm']
  const { stdout } = await thresher(words, { env: { THRESHER_URL: service.url } })
  assert.equal(stdout, 'mnist\tMNIST\n')
  await service.close()
})
