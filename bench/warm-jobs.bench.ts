import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { descendantSeconds } from '#bench/scale/processor-time.ts'
import { type RunningService, runService } from '#scripts/demo/run-service.ts'
import { median } from '#test/support/median.ts'
import { type Frame, get, post, upload, watchJob } from '#test/support/watch-job.ts'
import { writeSection } from '#test/support/write-section.ts'

// The time that the service adds to small jobs, which run one after the other:
//   npm run bench -- warm-jobs [--jobs 100] [--rounds 1]

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { jobs: { type: 'string', default: '100' }, rounds: { type: 'string', default: '1' } },
})
const [JOBS, ROUNDS] = [Number(values.jobs), Number(values.rounds)]
const EPOCHS = 20
const ROWS = 400
const FEATURES = 8
const CLASSES = 3

/** All jobs of a round. Seconds. */
interface Measured {
  /** The sum of `seconds` of all epochs: steps and validation. */
  training: number
  /** From the first submission until the last job has succeeded. */
  wall: number
  /** The processor time of all processes of the service. */
  processor: number
}

const dataDir = await mkdtemp(join(tmpdir(), 'thresher-bench-'))
const service = await runService(dataDir)
try {
  const datasetId = await uploadTable(service)
  await runInTurn(service, datasetId, 0)
  const queued: Measured[] = []
  const inTurn: Measured[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    queued.push(await runQueued(service, datasetId, round))
    inTurn.push(await runInTurn(service, datasetId, -round))
    console.log({ queued: queued.at(-1), inTurn: inTurn.at(-1), load: loadavg()[0] })
  }
  await writeSection('Small jobs in a row', report(queued, inTurn))
} finally {
  await service.stop()
  await rm(dataDir, { recursive: true, force: true })
}

function report(queued: readonly Measured[], inTurn: readonly Measured[]): string {
  const row = (what: string, rounds: readonly Measured[]) => {
    const middle = (value: (round: Measured) => number) => median(rounds.map(value))
    const cells = [
      middle(({ training }) => training),
      middle(({ wall }) => wall),
      middle(({ wall, training }) => wall / training),
      middle(({ wall, training }) => (wall - 1.3 * training) / JOBS),
      middle(({ processor }) => processor / JOBS),
      middle(({ wall }) => (60 * JOBS) / wall / availableParallelism()),
    ]
    return `| ${what} | ${cells.map(value => value.toFixed(2)).join(' | ')} |`
  }
  return [
    `\`npm run bench -- warm-jobs\`: ${JOBS} jobs of ${EPOCHS} epochs on an uploaded table of ${ROWS} rows, with a checkpoint after each epoch; medians of ${ROUNDS} rounds, in seconds. "Training" is the sum of the epochs' \`seconds\` in all ${JOBS} jobs, "beyond" what each job takes in addition to 1.3 times its training (the aim is 0.5 s at most), "processor" what all processes of the service use for each job, "jobs" how many end in a minute, divided by the number of processors. Load average at the end: ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} processors.`,
    '',
    '| | training | wall time | ratio | beyond, each | processor, each | jobs |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    row('queued at once', queued),
    row('each submitted after the one before has succeeded', inTurn),
  ].join('\n')
}

async function runQueued({ url }: RunningService, datasetId: string, round: number): Promise<Measured> {
  const start = now()
  const ids: string[] = []
  for (let job = 0; job < JOBS; job++) ids.push(await submit(url, datasetId, round * JOBS + job))
  const streams = await Promise.all(ids.map(id => watchJob(url, id)))
  return measured(start, streams)
}

async function runInTurn({ url }: RunningService, datasetId: string, round: number): Promise<Measured> {
  const start = now()
  const streams: { frames: Frame[] }[] = []
  for (let job = 0; job < JOBS; job++)
    streams.push(await watchJob(url, await submit(url, datasetId, 1000 - round * JOBS + job)))
  return measured(start, streams)
}

function measured(start: Moment, streams: readonly { frames: Frame[] }[]): Measured {
  const end = now()
  const frames = streams.flatMap(stream => stream.frames)
  const ended = frames.filter(({ type }) => type === 'succeeded').length
  if (ended !== JOBS) throw new Error(`${ended} of ${JOBS} jobs succeeded.`)
  const seconds = frames.flatMap(frame => (frame.type === 'epoch' ? [frame.data.seconds as number] : []))
  const training = seconds.reduce((sum, value) => sum + value, 0)
  return { training, wall: end.wall - start.wall, processor: end.processor - start.processor }
}

type Moment = Pick<Measured, 'wall' | 'processor'>

function now(): Moment {
  return { wall: performance.now() / 1000, processor: descendantSeconds(process.pid) }
}

async function submit(url: string, datasetId: string, seed: number): Promise<string> {
  const dense = (name: string, units: number, activation: string) => ({
    type: 'dense',
    name,
    units,
    activation,
    kernelInitializer: 'glorotUniform',
  })
  const topology = {
    inputShape: [FEATURES],
    layers: [dense('hidden', 32, 'relu'), dense('out', CLASSES, 'linear')],
  }
  const optimizer = { name: 'grda', learningRate: 0.05, c: 0.002, mu: 0.6 }
  const dataset = { id: datasetId }
  const request = { model: { topology }, dataset, optimizer, epochs: EPOCHS, batchSize: 32, seed }
  const { status, body } = await post(url, '/v1/jobs', request)
  if (status !== 201) throw new Error(`The job was refused: ${JSON.stringify(body)}`)
  return body.id
}

/** Three clouds of points, the same in every run. */
async function uploadTable({ url }: RunningService): Promise<string> {
  const columns = Array.from({ length: FEATURES }, (_, column) => `x${column}`)
  const valueAt = (row: number, column: number) =>
    Math.sin(row * 12.9898 + column * 78.233) + (row % CLASSES) * Math.cos(column)
  const lines = Array.from({ length: ROWS }, (_, row) =>
    [...columns.map((_, column) => valueAt(row, column).toFixed(4)), `class-${row % CLASSES}`].join(','),
  )
  const spec = { name: 'clouds', format: 'csv', label: 'y' }
  const table = [[...columns, 'y'].join(','), ...lines, ''].join('\n')
  let { body } = await upload(url, '/v1/datasets', spec, { 'clouds.csv': table })
  while (body.status === 'validating') ({ body } = await get(url, `/v1/datasets/${body.id}`))
  if (body.status !== 'ready') throw new Error(`The table was refused: ${JSON.stringify(body)}`)
  return body.id
}
