import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, problem, type Step, startScriptedServer } from '#test/support/scripted-server.ts'
import { thresher } from '#test/support/thresher-program.ts'

const EVIL = 'x\x1b]0;title\x07\x1b[2J\x9b2K\r\n\u202eno'

/** Runs a command against a server that answers with these steps. */
async function against(steps: Step[], ...arguments_: string[]) {
  const server = await startScriptedServer(...steps)
  try {
    return await thresher(arguments_, { env: { THRESHER_URL: server.url, NO_COLOR: '1' } })
  } finally {
    await server.close()
  }
}

const page = (...data: object[]) => answer(200, { data, hasMore: false, nextAfter: null })

test('no text of a service controls the terminal', async () => {
  const key = { id: EVIL, name: EVIL, scopes: [EVIL], tenant: EVIL }
  const dataset = { id: EVIL, name: EVIL, status: EVIL, columns: [EVIL], notes: [EVIL], error: EVIL }
  const mistake = { path: EVIL, message: EVIL }
  const refusal = answer(400, {
    ...{ type: 'about:blank', title: EVIL, status: 400, detail: EVIL },
    ...{ code: EVIL, errors: [mistake], requestId: EVIL },
  })
  const keys = await against([page(key)], 'keys', 'ls')
  const shown = await against([answer(200, dataset)], 'datasets', 'show', 'data_x')
  const refused = await against([refusal], 'ls')
  for (const { stdout, stderr } of [keys, shown, refused]) {
    assert.match(stdout + stderr, /\\u202eno/)
    assert.doesNotMatch(stdout + stderr, /(?!\n)\p{Cc}|\u202e/u)
  }
  // A line break in a text begins no line, which could pass for one of this program.
  assert.equal(keys.stdout.trim().split('\n').length, 2)
  const json = await against([answer(200, dataset)], 'datasets', 'show', 'data_x', '--json')
  assert.equal(JSON.parse(json.stdout).name, EVIL)
  assert.doesNotMatch(json.stdout, /(?!\n)\p{Cc}|\u202e/u)
})

test('an answer of another form is an error in words, and a JSON document with --json', async () => {
  for (const command of [['ls'], ['usage'], ['train', 'mnist-mlp'], ['watch', `job_${'0'.repeat(26)}`]]) {
    const { code, stdout, stderr } = await against([answer(200, 42 as unknown as object)], ...command)
    assert.deepEqual([code, stdout], [1, ''], stderr)
    assert.match(stderr, /^error: The answer/)
    assert.doesNotMatch(stderr, /\n +at /)
    const json = await against([answer(200, 42 as unknown as object)], ...command, '--json')
    assert.ok(JSON.parse(json.stderr).error.message, json.stderr)
  }
})

test('a watcher gives the reason of an interruption, and gives up on what will not pass', async () => {
  const id = `job_${'0'.repeat(26)}`
  const distant = await against([problem(503, 'unavailable', { 'retry-after': '1000000000' })], 'watch', id)
  assert.deepEqual([distant.code, distant.stderr], [1, 'error: It is unavailable.\n'])
  const faulty = await against([problem(500, 'internal')], 'watch', id)
  assert.equal(faulty.code, 1)
  assert.equal(faulty.stdout, 'It is internal; trying again\n')
  assert.match(faulty.stderr, /^error: It is internal\./)
})

test('an address with a password is not repeated, and a key that no header can contain is named', async () => {
  const password = await thresher(['ls', '--url', 'http://user:secret@127.0.0.1:1'])
  assert.equal(password.code, 2)
  assert.match(password.stderr, /^error: --url .* without a user name and a password/)
  assert.doesNotMatch(password.stderr, /secret/)
  for (const key of ['thr_a\nb', 'thr_ä']) {
    const { code, stderr } = await thresher(['ls'], { env: { THRESHER_KEY: key } })
    assert.equal(code, 5)
    assert.match(stderr, /^error: The key of .*THRESHER_KEY/)
  }
})
