import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Api, startApi } from '#test/support/start-api.ts'
import { runSchemathesis } from './run-schemathesis.ts'

const KEY = 'the-key-of-the-operator'

describe('the service, asked by Schemathesis', () => {
  let api: Api
  before(async () => {
    api = await startApi({ adminKey: KEY })
  })
  after(() => api.stop())

  it('keeps its contract at the edges of every parameter and field', async () => {
    const options = ['--phases', 'examples,coverage']
    const { cases, failures } = await runSchemathesis(api.url, KEY, options)
    assert.equal(failures, '')
    assert.ok(cases > 5000, `${cases} cases`)
  })
})
