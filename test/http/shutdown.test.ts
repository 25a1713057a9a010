import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { createInterface } from 'node:readline'
import { json } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { WebSocket } from 'ws'
import { endChild, endWithTests } from '#test/support/end-with-tests.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'
import { storeJob } from '#test/support/store-job.ts'

describe('the api after SIGTERM', () => {
  let test: TestStores
  before(async () => {
    test = await startStores()
  })
  after(() => test.stop())

  it('closes its sockets, finishes its requests, does not wait for disconnected clients, and exits with 0', async () => {
    const child = endWithTests(
      spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
        env: { ...process.env, PORT: '0', REDIS_URL: test.redisUrl, LOG_LEVEL: 'info' },
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    )
    let url = ''
    for await (const line of createInterface(child.stdout)) {
      url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? ''
      if (url) break
    }
    child.stdout.resume()
    const job = await storeJob(test.stores)
    const watch = async () => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/jobs/${job.id}/stream`)
      await once(socket, 'message')
      return socket
    }
    const [attentive, absent] = [await watch(), await watch()]
    absent.pause()
    const events = await fetch(`${url}/v1/jobs/${job.id}/events`, {
      headers: { accept: 'text/event-stream' },
    })
    const submission = request(`${url}/v1/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', expect: '100-continue' },
    })
    submission.write('{ "model": ')
    await once(submission, 'continue')

    const ended = endChild(child)
    assert.equal((await once(attentive, 'close'))[0], 1001)
    submission.end('{ "preset": "mnist-mlp" } }')
    const [response] = await once(submission, 'response')
    assert.equal(response.statusCode, 201)
    const submitted = (await json(response)) as { id: string }
    assert.match(await events.text(), /^id: 1$/m)
    assert.equal(await ended, 0)
    const stored = await test.stores.jobs.require(submitted.id)
    assert.equal(typeof (await test.stores.waiting.rank(stored)), 'number')
    absent.terminate()
  })
})
