import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startHostileLine } from '#test/support/hostile-line.ts'
import { startApi } from '#test/support/start-api.ts'
import { startThresher, thresher } from '#test/support/thresher-program.ts'

test('datasets upload names the command that continues it after Ctrl-C, and that command does', async t => {
  const api = await startApi()
  // The second chunk never arrives, so that the upload is under way when it is interrupted.
  const line = await startHostileLine(api.url, connection =>
    connection === 1 ? { afterBytes: 10_000_000, of: 'requests', ending: 'stall' } : undefined,
  )
  const folder = await mkdtemp(join(tmpdir(), 'thresher-cli-upload-'))
  t.after(async () => {
    await line.close()
    await api.stop()
    await rm(folder, { recursive: true })
  })
  const path = join(folder, "it's large.csv")
  const rows = Array.from({ length: 900_000 }, (_, i) => `${i % 1000},1234567,${i % 2}`)
  await writeFile(path, ['a,b,y', ...rows].join('\n'))
  const upload = (url: string, ...options: string[]) => ['datasets', 'upload', ...options, path, '--url', url]
  const child = startThresher(upload(line.url, '--label', 'y'))
  let stderr = ''
  child.stderr!.setEncoding('utf8').on('data', text => {
    stderr += text
  })
  const received = async () =>
    (await api.stores.datasets.list({ limit: 1 })).found[0]?.files?.[0]?.receivedBytes ?? 0
  while ((await received()) === 0) await new Promise(resolve => setTimeout(resolve, 5))
  child.kill('SIGINT')
  const [code] = await once(child, 'close')
  assert.equal(code, 130, stderr)
  const [, id, word] = /thresher datasets upload --resume (dataset_\w+) (.*)\n/.exec(stderr)!
  assert.equal(word, `'${path.replace("'", "'\\''")}'`)
  const resumed = await thresher(upload(api.url, '--resume', id!))
  assert.deepEqual([resumed.code, resumed.stdout], [0, `${id}\n`], resumed.stderr)
  assert.equal((await api.stores.datasets.get(id!))?.state.status, 'ready')
})
