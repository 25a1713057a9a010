import assert from 'node:assert/strict'
import { it } from 'node:test'
import { KeyRequest } from '#access/key.ts'

const issuesOf = (change: object) =>
  KeyRequest.safeParse({ name: 'x', scopes: ['read'], ...change }).error?.issues.map(
    ({ path, message }) => `${path.join('.')} ${message}`,
  )

it('a key has each scope once', () => {
  assert.deepEqual(issuesOf({ scopes: ['read', 'admin'] }), undefined)
  assert.deepEqual(issuesOf({ scopes: ['read', 'read'] }), ['scopes names a scope twice'])
})

it('a name of a tenant that begins with a dash is refused with the rule that it breaks', () => {
  assert.deepEqual(issuesOf({ tenant: 'a-' }), undefined)
  assert.match(issuesOf({ tenant: '-a' })![0]!, /^tenant must be .* the first a letter or a digit$/)
})
