import assert from 'node:assert/strict'
import { it } from 'node:test'
import { matchPath } from '#web/src/routes.ts'

it('finds the parts of a path that a pattern names', () => {
  assert.deepEqual(matchPath('/jobs/:id', '/jobs/job_1'), { id: 'job_1' })
  assert.deepEqual(matchPath('/jobs', '/jobs'), {})
  assert.equal(matchPath('/jobs/:id', '/jobs'), null)
  assert.equal(matchPath('/jobs/:id', '/models/job_1'), null)
  assert.deepEqual(matchPath('/models/:id', '/models/my%20model'), { id: 'my model' })
})
