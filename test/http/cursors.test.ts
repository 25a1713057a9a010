import assert from 'node:assert/strict'
import { it } from 'node:test'
import { pathWith } from '#test/support/operations.ts'
import { startTwoTenants } from '#test/support/two-tenants.ts'

const STRANGE = [
  ...['', '-', '+', '(', '[', '-1', '1e308', '0-0', '00-1', '1-00', '0-1', '5-', '(5-0', '\0', '\n'],
  '18446744073709551615-18446744073709551615',
  '999999999999999999999',
  'not a cursor',
]

it('every list refuses a strange cursor, and names its parameter', async () => {
  const { api, operations, ids, owner, operator, send } = await startTwoTenants()
  try {
    await send('POST', '/v1/nothing', owner)
    const lists = operations.filter(({ query, isSocket }) => query.includes('after') && !isSocket)
    assert.ok(lists.length > 10, String(lists.length))
    for (const list of lists)
      for (const cursor of STRANGE) {
        const path = `${pathWith(list, ids)}?after=${encodeURIComponent(cursor)}`
        const { status, text } = await send('GET', path, list.operatorOnly ? operator : owner)
        // Any name of a tenant is a cursor. As the seq of an event, an empty text is 0.
        if (status === 200) assert.match(path, /tenants\?after=[a-z0-9][a-z0-9-]*$|events\?after=(0|%0A)?$/)
        else
          assert.deepEqual([status, JSON.parse(text).errors?.[0]?.path], [400, 'after'], `${path}: ${text}`)
      }
  } finally {
    await api.stop()
  }
})
