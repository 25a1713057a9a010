import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort, ready } from '#test/support/start-service.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'

describe('SIGTERM to npm, as from a process manager', () => {
  let test: TestStores
  let dataDir: string
  before(async () => {
    test = await startStores()
    dataDir = await mkdtemp(join(tmpdir(), 'thresher-parts-'))
  })
  after(async () => {
    await test.stop()
    await rm(dataDir, { recursive: true, force: true })
  })

  async function startPart(script: 'api' | 'worker') {
    const port = await freePort()
    const env = { ...process.env, PORT: String(port), DATA_DIR: dataDir, REDIS_URL: test.redisUrl }
    // A group of its own, in which a process that npm leaves behind is found.
    const npm = spawn('npm', ['run', script], { env, detached: true, stdio: 'ignore' })
    process.once('exit', () => programsOf(npm.pid!).length > 0 && process.kill(-npm.pid!, 'SIGKILL'))
    return { npm, url: `http://127.0.0.1:${port}` }
  }
  const started = {
    api: async ({ npm, url }: Awaited<ReturnType<typeof startPart>>) => await ready(url, npm),
    async worker() {
      while ((await test.stores.workers.list()).length === 0) await pause(100)
    },
  }

  for (const script of ['api', 'worker'] as const)
    it(`ends the processes of \`npm run ${script}\``, async () => {
      const part = await startPart(script)
      await started[script](part)
      part.npm.kill('SIGTERM')
      await once(part.npm, 'exit')
      assert.deepEqual(programsOf(part.npm.pid!), [])
    })
})

/** The running parts of the service in a group of processes. */
function programsOf(group: number): string[] {
  const rows = execFileSync('ps', ['-eo', 'pgid=,args='], { encoding: 'utf8' }).trim().split('\n')
  return rows.filter(row => Number.parseInt(row, 10) === group && row.includes('main.js'))
}
