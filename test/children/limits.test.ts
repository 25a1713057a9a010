import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import pidusage from 'pidusage'
import { type ChildKind, EXAMPLE_BYTES, EXPORT, IMPORT, INGEST, PREDICT } from '#children/child-limits.ts'
import { Exporter } from '#children/exporter.ts'
import { Importer } from '#children/importer.ts'
import { Ingester } from '#children/ingester.ts'
import { processExists } from '#children/is-alive.ts'
import type { TaskLimits } from '#children/limit-exceeded.ts'
import { Predictor } from '#children/predictor.ts'
import { encodeCheckpoint } from '#formats/checkpoint.ts'
import { crc32c } from '#formats/crc32c.ts'
import { trainingText } from '#formats/model-metadata.ts'
import { childrenOf } from '#test/support/children-of.ts'
import { endChild, endWithTests } from '#test/support/end-with-tests.ts'
import { recordOf } from '#test/support/record.ts'

const MiB = 1024 ** 2
/** Processor time, more than a reader needs to start. */
const BUSY_MS = 5_000
const FIXTURES = new URL('../fixtures/corrupt-h5/', import.meta.url)
const CSV = { name: 'table', format: 'csv', label: 'y', header: true, delimiter: ',' } as const

let folder: string
let count = 0
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thresher-limits-'))
})
after(() => rm(folder, { recursive: true, force: true }))

/** A kind of child with the given limits, and enough time for a busy machine. */
function limited(
  kind: ChildKind,
  limits: Partial<TaskLimits>,
  { largeBytes = kind.largeBytes, ...pool }: Partial<ChildKind['pool'] & { largeBytes: number }> = {},
): ChildKind {
  return {
    pool: { ...kind.pool, ...pool },
    largeBytes,
    limits: bytes => ({ ...kind.limits(bytes), seconds: 600, processorSeconds: 600, ...limits }),
  }
}

async function workDir(): Promise<string> {
  const path = join(folder, `work-${count++}`)
  await mkdir(path)
  return path
}

async function write(name: string, content: string | Uint8Array) {
  const path = join(folder, `${count++}-${name}`)
  await writeFile(path, content)
  return { name, path }
}

/** The network of the weights in corrupt-h5. */
const layer = (class_name: string, config: object) => ({ class_name, config })
const TOPOLOGY = {
  class_name: 'Sequential',
  config: {
    layers: [
      layer('InputLayer', { name: 'in', batch_shape: [null, 4] }),
      layer('Dense', { name: 'd', units: 3 }),
    ],
  },
}

async function importFile(importer: Importer, name: string, content?: Uint8Array) {
  const file = await write(name, content ?? (await readFile(new URL(name, FIXTURES))))
  const upload = { model: { topology: TOPOLOGY }, files: [file] }
  return await importer.import({ upload, folder: await workDir() })
}

/** Waits until a task has begun to write, and kills its process. */
async function killReader(folder: string): Promise<void> {
  const written = join(folder, 'train.x')
  while (!existsSync(written)) await new Promise(resolve => setTimeout(resolve, 20))
  const [pid] = childrenOf(process.pid, 'ingest-process')
  process.kill(pid!, 'SIGKILL')
  await rm(written)
}

describe('a model file that makes its reader loop', () => {
  it('is refused when its processor time is used up, and does not delay other files', async t => {
    const importer = new Importer(limited(IMPORT, { processorSeconds: 4 }))
    t.after(() => importer.close())
    const hanging = assert.rejects(importFile(importer, 'hang.h5'), {
      name: 'FormatError',
      message: 'hang.h5: reading it takes more than 4 s of processor time, which is the limit',
    })
    assert.ok((await importFile(importer, 'healthy.h5')).checkpoint)
    await hanging
  })

  it('keeps a process free for small files; when too many files wait, the next is refused with Retry-After', async t => {
    const importer = new Importer(limited(IMPORT, {}, { children: 2, waiting: 1, largeBytes: 8000 }))
    t.after(() => importer.close())
    const given = [1, 2].map(() =>
      assert.rejects(importFile(importer, 'hang.h5'), { code: 'unavailable', message: /stopping/ }),
    )
    await assert.rejects(
      importFile(importer, 'text.h5', Buffer.from('no tensors')),
      /text\.h5 is not an HDF5 file/,
    )
    await assert.rejects(importFile(importer, 'hang.h5'), {
      code: 'unavailable',
      headers: { 'retry-after': '10' },
    })
    await importer.close()
    await Promise.all(given)
  })
})

it('a reader is reused after it refused a file, unless HDF5 failed', async t => {
  const importer = new Importer(limited(IMPORT, {}, { children: 1 }))
  t.after(() => importer.close())
  const readers = () => childrenOf(process.pid, 'import-process')
  await importFile(importer, 'healthy.h5')
  const first = readers()
  assert.equal(first.length, 1)
  await assert.rejects(importFile(importer, 'text.h5', Buffer.from('abc')), { name: 'FormatError' })
  await importFile(importer, 'healthy.h5')
  assert.deepEqual(readers(), first)
  await assert.rejects(importFile(importer, 'open-fails.h5'), { name: 'FormatError' })
  await importFile(importer, 'healthy.h5')
  assert.notDeepEqual(readers(), first)
})

it('a busy reader ends when the service is killed', { timeout: 300_000 }, async () => {
  const script = fileURLToPath(new URL('own-importer.ts', import.meta.url))
  const service = endWithTests(fork(script, [await workDir()]))
  const reader = await new Promise<number>(resolve => {
    const timer = setInterval(async () => {
      const [pid] = childrenOf(service.pid!, 'import-process')
      // Busy: its main thread has used more processor time than its start needs.
      if (pid === undefined || (await pidusage(pid)).ctime < BUSY_MS) return
      clearInterval(timer)
      resolve(pid)
    }, 100)
  })
  await endChild(service, 'SIGKILL')
  while (processExists(reader)) await new Promise(resolve => setTimeout(resolve, 50))
})

describe('a dataset', () => {
  const rows = (lines: number) => `a,y\n${'1,0\n2,1\n'.repeat(lines / 2)}`
  const read = async (
    ingester: Ingester,
    request: Parameters<Ingester['ingest']>[0]['request'],
    file: { name: string; path: string },
  ) => await ingester.ingest({ request, files: [file], folder: await workDir() })

  it('is refused when its files exceed the limit, and the next is read', async t => {
    const ingester = new Ingester(limited(INGEST, { folderBytes: 4 * MiB }, { children: 1 }))
    t.after(() => ingester.close())
    await assert.rejects(read(ingester, CSV, await write('swollen.csv.gz', gzipSync(rows(4_000_000)))), {
      name: 'FormatError',
      message: 'swollen.csv.gz: reading it takes more than 4 MiB of files, which is the limit',
    })
    const { facts } = await read(ingester, CSV, await write('small.csv', rows(10)))
    assert.deepEqual(facts.splits, { train: 10, test: 0 })
  })

  for (const [children, order] of [
    [1, ['many', 'few', 'many', 'few', 'many', 'many']],
    [3, ['many', 'many', 'few', 'few', 'many', 'many']],
  ] as const)
    it(`of a tenant that sends few does not wait for many of another one, and too many of one are refused: ${children}`, async t => {
      const ingester = new Ingester(limited(INGEST, {}, { children, perTenant: 4 }))
      t.after(() => ingester.close())
      const file = await write('small.csv', rows(10))
      const folders = await Promise.all(Array.from({ length: 7 }, workDir))
      const begun: string[] = []
      const ingest = async (tenant: string) =>
        await ingester.ingest(
          { request: CSV, files: [file], folder: folders.pop()! },
          () => begun.push(tenant),
          tenant,
        )
      const flood = Array.from({ length: 5 }, () => ingest('many'))
      const refusal = { code: 'unavailable', headers: { 'retry-after': '1' } }
      await assert.rejects(Promise.race(flood), refusal)
      await Promise.allSettled([...flood, ingest('few'), ingest('few')])
      // With three children the later ones begin in any order.
      const shown = children === 1 ? order.length : 3
      assert.deepEqual(begun.slice(0, shown), order.slice(0, shown))
      assert.deepEqual(begun.toSorted(), order.toSorted())
    })

  it('is refused when its memory exceeds the limit, and the next is read', async t => {
    const ingester = new Ingester(limited(INGEST, { residentBytes: 300 * MiB }, { children: 1 }))
    t.after(() => ingester.close())
    const record = Buffer.alloc(255 * MiB)
    record.writeBigUInt64LE(BigInt(record.length - 12))
    const crc = crc32c(record.subarray(0, 8))
    record.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0, 8)
    const request = { format: 'tfrecord', image: 'i', label: 'l', firstLabel: 0, channels: 3 } as const
    const bomb = await write('bomb.tfrecord.gz', gzipSync(record, { level: 1 }))
    await assert.rejects(read(ingester, { name: 'bomb', ...request }, bomb), {
      name: 'FormatError',
      message: 'bomb.tfrecord.gz: reading it takes more than 300 MiB of memory, which is the limit',
    })
    assert.ok(await read(ingester, CSV, await write('small.csv', rows(10))))
  })

  it('is refused when its JavaScript heap exceeds the limit', async t => {
    const ingester = new Ingester(limited(INGEST, {}, { children: 1 }))
    t.after(() => ingester.close())
    const wide = await write('wide.csv', `a,y\n${'12,'.repeat(3_400_000)}\n`)
    await assert.rejects(read(ingester, CSV, wide), {
      name: 'FormatError',
      message: 'wide.csv: reading it takes more than 64 MiB of JavaScript heap, which is the limit',
    })
  })

  it('is read again when its reader is killed, and refused when that happens three times', async t => {
    const ingester = new Ingester(limited(INGEST, {}, { children: 1 }))
    t.after(() => ingester.close())
    const long = await write('long.csv', rows(2_000_000))
    const read = (folder: string) => ingester.ingest({ request: CSV, files: [long], folder })
    const first = await workDir()
    const reading = read(first)
    await killReader(first)
    assert.equal((await reading).facts.splits.train, 2_000_000)
    const second = await workDir()
    const refused = assert.rejects(read(second), {
      name: 'FormatError',
      message: 'long.csv: the process that read it ended 3 times, the last time with SIGKILL',
    })
    for (let times = 0; times < 3; times++) await killReader(second)
    await refused
  })
})

/** A kind whose limits are chosen by the stated size of a checkpoint, so that each task may have its own. */
function chosen(kind: ChildKind, choices: Readonly<Record<number, Partial<TaskLimits>>>): ChildKind {
  return { ...kind, limits: bytes => ({ ...kind.limits(bytes), seconds: 600, ...choices[bytes] }) }
}

describe('an export or a prediction', () => {
  const { spec, checkpoint } = recordOf('mnist-mlp', 0.02)
  const file = encodeCheckpoint(checkpoint!, { training: trainingText(spec), engine: 'test' })
  const source = (sizeBytes: number) => ({ sizeBytes, load: async () => file })

  it('is ended when it takes too long or is too large, and the next file is exported', async t => {
    const exporter = new Exporter(chosen(EXPORT, { 1: { seconds: 0.001 }, 2: { answerBytes: 1000 } }))
    t.after(() => exporter.close())
    const make = (sizeBytes: number) =>
      exporter.encode({ name: 'model.safetensors', variant: {}, spec, series: [] }, source(sizeBytes))
    await assert.rejects(make(1), { status: 503, headers: { 'retry-after': '30' } })
    await assert.rejects(make(2), {
      status: 422,
      message:
        'making model.safetensors takes more than 1 MiB for its result, which is the limit; ask for another format.',
    })
    assert.ok((await make(3)).bytes.length > 1_000_000)
  })

  it('is computed again after a prediction that took too long', async t => {
    const predictor = new Predictor(chosen(PREDICT, { [1 + EXAMPLE_BYTES]: { seconds: 0.001 } }))
    t.after(() => predictor.close())
    const ask = (sizeBytes: number) =>
      predictor.predict(
        { model: 'm', inputs: { count: 1, x: new Uint8Array(784) } },
        { spec, checkpoint: source(sizeBytes) },
      )
    await assert.rejects(ask(1), { status: 503, headers: { 'retry-after': '30' } })
    assert.equal((await ask(2)).outputs.length, 10)
  })
})
