import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { it } from 'node:test'
import { endChild, endWithTests } from '#test/support/end-with-tests.ts'
import { programArguments } from '#test/support/program-arguments.ts'
import { startStores } from '#test/support/start-stores.ts'

it('an ADMIN_KEY that is short enough to be guessed is named in the log', async t => {
  const stores = await startStores()
  const dataDir = await mkdtemp(join(tmpdir(), 'thresher-keys-'))
  t.after(async () => {
    await rm(dataDir, { recursive: true })
    await stores.stop()
  })
  /** What an api process logs up to its readiness. */
  const logOf = async (ADMIN_KEY: string) => {
    const environment = { REDIS_URL: stores.redisUrl, DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'info' }
    const env = { ...process.env, ...environment, ADMIN_KEY }
    const child = endWithTests(spawn(process.execPath, programArguments('src/main.ts'), { env }))
    let log = ''
    for await (const line of createInterface(child.stdout)) {
      log += `${line}\n`
      if (/Server listening/.test(line)) break
    }
    await endChild(child)
    return log
  }
  assert.match(await logOf('fifteen-letters'), /"level":40.*ADMIN_KEY is short enough to be guessed/)
  assert.doesNotMatch(await logOf('sixteen--letters'), /guessed/)
})
