import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { connectDefault } from '#test/support/connect-default.ts'
import { addArtifact, startNewJob, succeed } from '#test/support/drive-job.ts'
import { median } from '#test/support/median.ts'
import { startPart } from '#test/support/start-part.ts'
import { startRedis } from '#test/support/start-redis.ts'
import { freePort, ready } from '#test/support/start-service.ts'
import { writeSection } from '#test/support/write-section.ts'

// The speed at which the API sends a file, compared with nginx and the same file, and its memory during a hundred downloads at once:
//   npm run bench -- download            (nginx and curl must be installed)

const ROUNDS = 9
const FILE_BYTES = 100_000_000
const AT_ONCE = 100
const MIB = 2 ** 20
const NAME = 'model.safetensors'
const run = promisify(execFile)

const folder = await mkdtemp(join(tmpdir(), 'thresher-download-'))
const redis = await startRedis()
const artifactUrl = pathToFileURL(join(folder, 'blobs')).href
const stores = await connectDefault({ redisUrl: redis.url, artifactUrl })
const jobId = await startNewJob(stores)
const { sha256 } = await addArtifact(stores, jobId, NAME, Buffer.alloc(FILE_BYTES, 'weights'))
await succeed(stores, jobId)
await stores.close()
const api = await startPart('src/main.ts', {
  REDIS_URL: redis.url,
  ARTIFACT_URL: artifactUrl,
  DATA_DIR: folder,
})
const nginx = await startNginx()
const urls = {
  thresher: `${api.url}/v1/jobs/${jobId}/artifacts/${NAME}`,
  nginx: `${nginx.url}/${jobId}/${sha256}`,
}
try {
  const alone = { thresher: [] as number[], nginx: [] as number[] }
  for (let round = 0; round < ROUNDS; round++)
    for (const server of ['thresher', 'nginx'] as const) alone[server].push(await seconds(urls[server]))
  const before = await residentMiB(api.pid)
  const together = await downloadTogether(urls.thresher)
  const nginxTogether = await downloadTogether(urls.nginx)
  await writeSection('Downloads', report(alone, before, together, nginxTogether.seconds))
} finally {
  await Promise.all([api.stop(), nginx.stop()])
  await redis.stop()
  await rm(folder, { recursive: true, force: true })
}

async function startNginx() {
  const port = await freePort()
  const configuration = join(folder, 'nginx.conf')
  await mkdir(join(folder, 'nginx'))
  await writeFile(
    configuration,
    `daemon off; pid ${folder}/nginx/pid; error_log stderr crit; worker_processes 1; user root;
     events { worker_connections 1024; }
     http { access_log off; sendfile on; tcp_nopush on; client_body_temp_path ${folder}/nginx;
       server { listen 127.0.0.1:${port}; root ${folder}/blobs; } }`,
  )
  const child = spawn('nginx', ['-c', configuration], { stdio: ['ignore', 'inherit', 'ignore'] })
  const url = `http://127.0.0.1:${port}`
  await ready(url, child, `/${jobId}/${sha256}`)
  return {
    url,
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

/** Seconds in which curl downloads the whole file and discards it. */
async function seconds(url: string): Promise<number> {
  const format = '%{time_total} %{size_download} %{http_code}'
  const { stdout } = await run('curl', ['-s', '-o', '/dev/null', '-w', format, url])
  const [time, size, status] = stdout.split(' ').map(Number)
  if (status !== 200 || size !== FILE_BYTES) throw new Error(`${url} answered ${status} with ${size} bytes`)
  return time!
}

async function downloadTogether(url: string): Promise<{ seconds: number; peakMiB: number }> {
  let peakMiB = 0
  const sampling = setInterval(async () => {
    peakMiB = Math.max(peakMiB, await residentMiB(api.pid))
  }, 50)
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: AT_ONCE }, () => seconds(url)))
  clearInterval(sampling)
  return { seconds: (performance.now() - startedAt) / 1000, peakMiB }
}

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return (Number(/VmRSS:\s+(\d+)/.exec(status)![1]) * 1024) / MIB
}

function report(
  alone: Record<'thresher' | 'nginx', number[]>,
  before: number,
  together: { seconds: number; peakMiB: number },
  nginxTogether: number,
): string {
  const rate = (time: number, files = 1) => `${((files * FILE_BYTES) / time / 1e6).toFixed(0)}`
  const [own, other] = [median(alone.thresher), median(alone.nginx)]
  const version = execFileSync('sh', ['-c', 'nginx -v 2>&1'], { encoding: 'utf8' }).trim().split('/')[1]
  return [
    `\`npm run bench -- download\`: curl downloads a file of 100 MB over the loopback interface, medians of ${ROUNDS} alternating rounds; then ${AT_ONCE} downloads at once. nginx ${version} serves the same file with one process and sendfile.`,
    '',
    '| | Thresher | nginx | ratio |',
    '| --- | --- | --- | --- |',
    `| one download, MB/s | ${rate(own)} | ${rate(other)} | ${(other / own).toFixed(2)} |`,
    `| ${AT_ONCE} at once, MB/s in total | ${rate(together.seconds, AT_ONCE)} | ${rate(nginxTogether, AT_ONCE)} | ${(nginxTogether / together.seconds).toFixed(2)} |`,
    '',
    `The API's resident memory: ${before.toFixed(0)} MiB before, at most ${together.peakMiB.toFixed(0)} MiB during the ${AT_ONCE} downloads.`,
  ].join('\n')
}
