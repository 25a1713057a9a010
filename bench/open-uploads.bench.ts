import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { residentMiB } from '#bench/scale/processor-time.ts'
import { startPart } from '#test/support/start-part.ts'
import { startRedis } from '#test/support/start-redis.ts'
import { writeSection } from '#test/support/write-section.ts'

// The memory that the api holds for each upload that is under way:
//   npm run bench -- open-uploads

const UPLOADS = [10, 50]
const BOUNDARY = 'thresher-bench'
const SENT_BYTES = 4 * 2 ** 20
const SETTLE_MS = 1500

/** An upload of which all but the end has been sent. */
interface OpenUpload {
  upload: ClientRequest
  answered: Promise<unknown[]>
}

const folder = await mkdtemp(join(tmpdir(), 'thresher-uploads-'))
const redis = await startRedis()
const rows: string[] = []
try {
  for (const count of UPLOADS) rows.push(await measure(count))
  await writeSection('Uploads under way', report())
} finally {
  await redis.stop()
  await rm(folder, { recursive: true, force: true })
}

async function measure(count: number): Promise<string> {
  const dataDir = join(folder, `data-${count}`)
  const api = await startPart('dist/src/main.js', { REDIS_URL: redis.url, DATA_DIR: dataDir })
  // The first upload loads what uploads need.
  await finish(await begin(api.url, 0))
  await pause(SETTLE_MS)
  const before = residentMiB(api.pid)
  const open = await Promise.all(Array.from({ length: count }, (_, index) => begin(api.url, 1 + index)))
  await pause(SETTLE_MS)
  const during = residentMiB(api.pid)
  await Promise.all(open.map(finish))
  await api.stop()
  const each = (1024 * (during - before)) / count
  return `| ${count} | ${before.toFixed(0)} | ${during.toFixed(0)} | ${each.toFixed(0)} |`
}

async function begin(url: string, index: number): Promise<OpenUpload> {
  const headers = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }
  const upload = request(`${url}/v1/datasets`, { method: 'POST', headers })
  const answered = once(upload, 'response')
  const spec = JSON.stringify({ name: `table-${index}`, format: 'csv', label: 'y' })
  upload.write(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="spec"\r\n\r\n${spec}\r\n`)
  upload.write(
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="t.csv"\r\nContent-Type: text/csv\r\n\r\na,b,y\n`,
  )
  const lines = '0.25,0.5,1\n0.5,0.25,0\n'
  const rows = lines.repeat(Math.floor(SENT_BYTES / lines.length))
  if (!upload.write(rows)) await Promise.race([once(upload, 'drain'), answered])
  return { upload, answered }
}

/** @throws Error if the upload is refused */
async function finish({ upload, answered }: OpenUpload): Promise<void> {
  upload.end(`\r\n--${BOUNDARY}--\r\n`)
  const [response] = (await answered) as [IncomingMessage]
  const body = await response.setEncoding('utf8').toArray()
  if (response.statusCode !== 201 && response.statusCode !== 202)
    throw new Error(`The upload was refused with ${response.statusCode}: ${body.join('')}`)
}

function report(): string {
  return [
    `\`npm run bench -- open-uploads\`: resident memory of the built api before, and while tables are being uploaded at once of which ${SENT_BYTES / 2 ** 20} MiB each have been sent and the end has not. Load average at the end: ${loadavg()[0]!.toFixed(1)}.`,
    '',
    '| uploads | before, MiB | during, MiB | KiB for each |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}
