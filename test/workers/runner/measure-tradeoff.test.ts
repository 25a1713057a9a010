import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { JobRequest } from '#domain/training-spec.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import type { TradeoffPoint } from '#optimization/tradeoff.ts'
import { ONE_LAYER } from '#test/support/post-job.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { runTask } from '#workers/runner/run-task.ts'
import type { RunnerReport } from '#workers/runner/runner-protocol.ts'

const engine = await openEngine('native')

const { spec } = resolveSpec(
  JobRequest.parse({
    dataset: { id: 'mnist' },
    model: { topology: ONE_LAYER },
    optimizer: { name: 'sgd', learningRate: 0.1 },
    batchSize: 1000,
    epochs: 1,
    finish: { tradeoff: true },
  }),
)

let scratch: string
let reports: RunnerReport[]
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'thresher-test-'))
  reports = await run({})
})
after(() => rm(scratch, { recursive: true }))

/** Runs the task as a runner does. @param onReport called with each report */
async function run(
  start: Partial<Parameters<typeof runTask>[0]>,
  signal = new AbortController().signal,
  onReport: (report: RunnerReport) => void = () => {},
): Promise<RunnerReport[]> {
  const sent: RunnerReport[] = []
  await runTask({ spec, scratch, series: [], ...start }, engine, signal, async report => {
    sent.push(report)
    onReport(report)
  })
  return sent
}

const cutOf = ({ rule, scope, nonzero }: Pick<TradeoffPoint, 'rule' | 'scope' | 'nonzero'>) =>
  `${rule} ${scope} ${nonzero}`
const artifactsIn = (sent: readonly RunnerReport[]) =>
  sent.flatMap(report => (report.type === 'artifact' ? [report.name] : []))
const measuringIn = (sent: readonly RunnerReport[]) =>
  sent.filter(report => report.type === 'progress' && report.tradeoff)

/** What an attempt after the last checkpoint starts with. */
function afterTraining() {
  const checkpoint = reports.find(({ type }) => type === 'checkpoint') as { name: string }
  const series = reports.flatMap(report => (report.type === 'epoch' ? [report.metrics] : []))
  return { from: join(scratch, checkpoint.name), series }
}

it('a job measures its trade-off after its other files, and reports the progress', () => {
  assert.deepEqual(artifactsIn(reports), ['model.sparse.safetensors', 'metrics.csv', 'tradeoff.json'])
  assert.ok(measuringIn(reports).length > 0)
  assert.equal(reports.at(-1)!.type, 'done')
})

it('a job times the predictions of its model and of each cut, dense and sparse, and says where', async () => {
  const done = reports.at(-1)
  assert.ok(done?.type === 'done')
  const { timings, processor, backend, threads } = done.latency!
  assert.ok(processor.length > 0 && backend.length > 0)
  assert.equal(threads, 1)
  assert.deepEqual(
    timings.map(({ batchSize }) => batchSize),
    [1, 32],
  )
  const { points } = JSON.parse(await readFile(join(scratch, 'tradeoff.json'), 'utf8'))
  const cuts = new Set(points.flatMap((point: TradeoffPoint) => (point.own ? [] : [cutOf(point)])))
  assert.deepEqual(new Set(done.cutTimings!.map(cutOf)), cuts)
  for (const { denseMilliseconds, sparseMilliseconds } of [
    ...timings,
    ...done.cutTimings!.flatMap(cut => cut.timings),
  ])
    assert.ok(denseMilliseconds > 0 && sparseMilliseconds > 0)
})

it('a job that was stopped meanwhile ends with the reason, and a restart measures the same without training', async () => {
  const stopping = new AbortController()
  const stopped = run(afterTraining(), stopping.signal, report => {
    if (report.type === 'progress' && report.tradeoff) stopping.abort(new Error('stopped'))
  })
  await assert.rejects(stopped, /stopped/)
  const first = await readFile(join(scratch, 'tradeoff.json'))
  const again = await run(afterTraining())
  assert.deepEqual(
    again.filter(({ type }) => type === 'epoch'),
    [],
  )
  assert.deepEqual(artifactsIn(again), artifactsIn(reports))
  assert.ok((await readFile(join(scratch, 'tradeoff.json'))).equals(first))
})
