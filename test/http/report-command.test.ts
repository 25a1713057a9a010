import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { promisify } from 'node:util'
import { renderReport } from '#interchange/report/report.ts'
import { newJob } from '#test/support/new-job.ts'
import { startApi } from '#test/support/start-api.ts'

const KEY = '0123456789abcdef'

for (const [service, adminKey] of [
  ['with keys', KEY],
  ['without keys', undefined],
] as const)
  it(`the command in a report submits the job again to a service ${service}, in every shell`, async t => {
    const api = await startApi(adminKey === undefined ? {} : { adminKey })
    const folder = await mkdtemp(join(tmpdir(), 'thresher-command-'))
    t.after(async () => {
      await api.stop()
      await rm(folder, { recursive: true })
    })
    const { spec } = newJob()
    await writeFile(join(folder, 'spec.json'), JSON.stringify(spec))
    const [, escaped] = /<pre id="repeat">(.*)<\/pre>/.exec(renderReport(spec, []))!
    const command = escaped!.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
    const { THRESHER_KEY: _, ...rest } = process.env
    const env = { ...rest, URL: api.url, ...(adminKey !== undefined && { THRESHER_KEY: adminKey }) }
    for (const shell of ['sh', 'bash']) {
      const { stdout } = await promisify(execFile)(shell, ['-c', command], { cwd: folder, env })
      const again = JSON.parse(stdout)
      assert.deepEqual([again.status, again.spec], ['queued', spec], `${shell}: ${stdout.slice(0, 300)}`)
    }
  })
