import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { documentedUser } from '#test/support/documented-users.ts'
import { endChild, endWithTests } from '#test/support/end-with-tests.ts'
import { programArguments } from '#test/support/program-arguments.ts'
import { startRedisServer } from '#test/support/redis-server.ts'
import { freePort, ready } from '#test/support/start-service.ts'
import { get } from '#test/support/watch-job.ts'

const PASSWORD = 'a-password-that-expires'

it('an api whose password for Redis is changed answers 503, and never logs the password', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'thresher-password-'))
  const redis = await startRedisServer({ settings: [documentedUser('server', PASSWORD)] })
  const port = await freePort()
  const REDIS_URL = `redis://thresher:${PASSWORD}@127.0.0.1:${redis.port}`
  const child = endWithTests(
    spawn(process.execPath, programArguments('src/main.ts'), {
      env: { ...process.env, REDIS_URL, PORT: String(port), DATA_DIR: folder, LOG_LEVEL: 'debug' },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', text => (output += text))
  try {
    await ready(`http://127.0.0.1:${port}`, child)
    await redis.admin.call('ACL', 'SETUSER', 'thresher', 'resetpass', '>another')
    await redis.admin.call('CLIENT', 'KILL', 'USER', 'thresher')
    const jobs = () => get(`http://127.0.0.1:${port}`, '/v1/jobs')
    while ((await jobs()).status !== 503) {}
    while (!output.includes('WRONGPASS')) await jobs()
    await redis.admin.call('ACL', 'SETUSER', 'thresher', `>${PASSWORD}`)
    while ((await jobs()).status !== 200) {}
    assert.ok(!output.includes(PASSWORD), output)
  } finally {
    await endChild(child)
    await redis.stop()
    await rm(folder, { recursive: true, force: true })
  }
})
