import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, type Step, startScriptedServer } from '#test/support/scripted-server.ts'
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
