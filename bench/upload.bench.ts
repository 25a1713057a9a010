import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { Zip, ZipPassThrough } from 'fflate'
import sharp from 'sharp'
import { startPart } from '#test/support/start-part.ts'
import { startRedis } from '#test/support/start-redis.ts'
import { writeSection } from '#test/support/write-section.ts'

// The time and memory of an upload of 2 GB, in the API and in its child process that reads the file:
//   npm run bench -- upload

const FILE_BYTES = 2 * 10 ** 9
const SAMPLE_MS = 100
const run = promisify(execFile)

const folder = await mkdtemp(join(tmpdir(), 'thresher-upload-'))
const redis = await startRedis()
const rows: string[] = []
try {
  await measure('arrays (`npy`)', { format: 'npy' }, await writeArrays())
  await measure('a table (`csv`)', { format: 'csv', label: 'y' }, [await writeTable()])
  await measure('class folders in a zip (`imageFolder`)', { format: 'imageFolder' }, [await writePictures()])
  await writeSection('Uploads', report())
} finally {
  await redis.stop()
  await rm(folder, { recursive: true, force: true })
}

async function measure(what: string, spec: object, paths: readonly string[]): Promise<void> {
  const dataDir = join(folder, 'data')
  const api = await startPart('dist/src/main.js', { REDIS_URL: redis.url, DATA_DIR: dataDir })
  const peaks = watchMemory(api.pid)
  const startedAt = performance.now()
  const parts = paths.flatMap(path => ['-F', `file=@${path}`])
  const form = ['-F', `spec=${JSON.stringify({ name: what, ...spec })}`, ...parts]
  const { stdout } = await run('curl', ['-sS', ...form, `${api.url}/v1/datasets`])
  const sentAt = performance.now()
  let dataset = JSON.parse(stdout)
  while (dataset.status === 'validating') {
    await new Promise(resolve => setTimeout(resolve, SAMPLE_MS))
    dataset = await (await fetch(`${api.url}/v1/datasets/${dataset.id}`)).json()
  }
  const readyAt = performance.now()
  if (dataset.status !== 'ready') throw new Error(`${what}: ${JSON.stringify(dataset)}`)
  const { before, api: ofApi, child, together } = peaks.stop()
  const seconds = [sentAt - startedAt, readyAt - startedAt].map(ms => (ms / 1000).toFixed(0))
  rows.push(
    `| ${what} | ${dataset.splits.train.toLocaleString('en')} | ${seconds.join(' | ')} | ${before} | ${ofApi} | ${child} | ${together} |`,
  )
  await api.stop()
  await Promise.all([...paths, dataDir].map(path => rm(path, { recursive: true })))
}

/** Samples the memory of a process and of its children in MiB: the peak of each, and of both together. */
function watchMemory(pid: number) {
  const peak = { before: 0, api: 0, child: 0, together: 0 }
  const sample = async () => {
    const api = await residentMiB(pid)
    peak.before ||= api
    let ofChildren = 0
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
    for (const child of children.split(' ').filter(Boolean)) ofChildren += await residentMiB(Number(child))
    peak.api = Math.max(peak.api, api)
    peak.child = Math.max(peak.child, ofChildren)
    peak.together = Math.max(peak.together, api + ofChildren)
  }
  const timer = setInterval(sample, SAMPLE_MS)
  return {
    stop() {
      clearInterval(timer)
      return peak
    },
  }
}

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
}

async function writeArrays(): Promise<string[]> {
  const count = Math.floor(FILE_BYTES / 784)
  const block = randomBytes(784 * 1000)
  await mkdir(join(folder, 'arrays'))
  const paths = ['x_train.npy', 'y_train.npy'].map(name => join(folder, 'arrays', name))
  await pipeline(async function* () {
    yield npyHeader(`(${count}, 28, 28)`)
    for (let at = 0; at < count; at += 1000) yield block.subarray(0, Math.min(1000, count - at) * 784)
  }, createWriteStream(paths[0]!))
  const labels = Uint8Array.from({ length: count }, (_, index) => index % 10)
  await pipeline([npyHeader(`(${count},)`), labels], createWriteStream(paths[1]!))
  return paths
}

function npyHeader(shape: string): Buffer {
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': ${shape}, }\n`
  const preamble = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, text.length, 0])
  return Buffer.concat([preamble, Buffer.from(text)])
}

async function writeTable(): Promise<string> {
  const columns = Array.from({ length: 32 }, (_, index) => `x${index}`)
  const lines = Array.from({ length: 1000 }, (_, row) =>
    [...columns.map(() => (Math.random() * 10).toFixed(6)), row % 10].join(','),
  )
  const block = `${lines.join('\n')}\n`
  const path = join(folder, 'table.csv')
  await pipeline(async function* () {
    yield `${[...columns, 'y'].join(',')}\n`
    for (let bytes = 0; bytes < FILE_BYTES; bytes += block.length) yield block
  }, createWriteStream(path))
  return path
}

async function writePictures(): Promise<string> {
  const side = 1024
  const noise = { width: side, height: side, channels: 3 } as const
  const picture = await sharp(randomBytes(3 * side * side), { raw: noise })
    .png()
    .toBuffer()
  const path = join(folder, 'pictures.zip')
  await pipeline(zipOf(picture, Math.floor(FILE_BYTES / picture.length)), createWriteStream(path))
  return path
}

async function* zipOf(picture: Uint8Array, count: number): AsyncGenerator<Uint8Array> {
  let made: Uint8Array[] = []
  const zip = new Zip((_, bytes) => made.push(bytes))
  for (let index = 0; index < count; index++) {
    const entry = new ZipPassThrough(`class-${index % 10}/${index}.png`)
    zip.add(entry)
    entry.push(picture, true)
    if (index === count - 1) zip.end()
    yield* made
    made = []
  }
}

function report(): string {
  return [
    `\`npm run bench -- upload\`: ${FILE_BYTES / 10 ** 9} GB by curl to \`POST /v1/datasets\`; seconds until the response and until the dataset is ready, and resident memory (\`VmRSS\`, MiB, sampled ten times a second): of the built API after its start ("before"), and the peaks of the API, of its child process that reads the files, and of both together.`,
    '',
    '| upload | examples | response, s | ready, s | before | API | child | together |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}
