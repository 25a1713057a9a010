import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startApi } from '#test/support/start-api.ts'
import { runSchemathesis } from './run-schemathesis.ts'

const KEY = 'the-key-of-the-operator'
const EXAMPLES = ['--max-examples', '50']

describe('the service, asked by Schemathesis with all checks, random data and links', () => {
  it('keeps its contract with keys', async () => {
    const api = await startApi({ adminKey: KEY })
    const { cases, failures } = await runSchemathesis(api.url, KEY, EXAMPLES)
    await api.stop()
    assert.equal(failures, '')
    assert.ok(cases > 5000, `${cases} cases`)
  })

  it('keeps its contract without keys', async () => {
    const api = await startApi()
    // The first key would end the access without one.
    const { cases, failures } = await runSchemathesis(api.url, undefined, [
      ...EXAMPLES,
      '--exclude-operation-id',
      'createKey',
    ])
    await api.stop()
    assert.equal(failures, '')
    assert.ok(cases > 5000, `${cases} cases`)
  })
})
