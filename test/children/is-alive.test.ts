import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { isAlive } from '#children/is-alive.ts'

const HOUR_MS = 3_600_000

describe('a process', () => {
  it('is alive while it runs', async () => {
    assert.equal(await isAlive(process.pid, Date.now()), true)
  })

  it('is not alive after it has ended', async () => {
    const child = spawn('true')
    await once(child, 'exit')
    assert.equal(await isAlive(child.pid!, Date.now()), false)
  })

  it('is not alive if a later process has the same id', async () => {
    const child = spawn('sleep', ['60'])
    assert.equal(await isAlive(child.pid!, Date.now() - HOUR_MS), false)
    child.kill()
  })
})
