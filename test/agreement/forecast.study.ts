import { parseArgs } from 'node:util'
import type { Job } from '#domain/job.ts'
import type { DryRun } from '#jobs/dry-run.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import { startService } from '#test/support/start-service.ts'
import { writeSection } from '#test/support/write-section.ts'

// What dry runs forecast, beside what the same jobs then train to, on a new service that has not trained anything:
//   npm run study -- forecast [--dry]
// Each job is planned and then trained, so a plan knows the jobs in the rows above it. --dry writes no results.

const { values: options } = parseArgs({ options: { dry: { type: 'boolean', default: false } } })

const grda = (learningRate: number, c: number, mu: number) => ({ name: 'grda', learningRate, c, mu })
const MLP = { model: { preset: 'mnist-mlp' }, epochs: 10 }
const LENET = { model: { preset: 'mnist-lenet' }, schedule: { name: 'constant' }, epochs: 4 }
const CNN = {
  model: { preset: 'cifar10-cnn' },
  dataset: { id: 'synthetic-cifar10' },
  batchSize: 100,
  epochs: 2,
}

const JOBS: readonly (readonly [name: string, spec: object])[] = [
  ['mlp, own optimizer, 10 epochs', MLP],
  ['mlp, lr .3 c .001 mu .6', { ...MLP, optimizer: grda(0.3, 0.001, 0.6) }],
  ['mlp, lr .3 c .004 mu .6', { ...MLP, optimizer: grda(0.3, 0.004, 0.6) }],
  ['mlp, lr .3 c .002 mu .6 (README)', { ...MLP, optimizer: grda(0.3, 0.002, 0.6) }],
  ['the same, seed 2', { ...MLP, optimizer: grda(0.3, 0.002, 0.6), seed: 2 }],
  ['mlp, lr .3 c .005 mu .51', { ...MLP, optimizer: grda(0.3, 0.005, 0.51) }],
  ['mlp, lr .3 c .001 mu .7', { ...MLP, optimizer: grda(0.3, 0.001, 0.7) }],
  [
    'mlp, lr .3 c .003 mu .6, cosine',
    { ...MLP, optimizer: grda(0.3, 0.003, 0.6), schedule: { name: 'cosine' } },
  ],
  ['mlp, lr .1 c .004 mu .6', { ...MLP, optimizer: grda(0.1, 0.004, 0.6) }],
  ['mlp, lr .3 c .008 mu .6, 20 epochs', { ...MLP, optimizer: grda(0.3, 0.008, 0.6), epochs: 20 }],
  [
    'mlp, lr .3 c .002 mu .6, batch 64, 3 epochs',
    { ...MLP, optimizer: grda(0.3, 0.002, 0.6), batchSize: 64, epochs: 3 },
  ],
  ['lenet, lr .05 c .004 mu .6', { ...LENET, optimizer: grda(0.05, 0.004, 0.6) }],
  ['lenet, lr .05 c .01 mu .6', { ...LENET, optimizer: grda(0.05, 0.01, 0.6) }],
  ['lenet, lr .05 c .006 mu .6', { ...LENET, optimizer: grda(0.05, 0.006, 0.6) }],
  ['cnn, lr .05 c .006 mu .6', { ...CNN, optimizer: grda(0.05, 0.006, 0.6) }],
  ['cnn, lr .05 c .008 mu .6', { ...CNN, optimizer: grda(0.05, 0.008, 0.6) }],
]
const CONTINUED: readonly (readonly [name: string, spec: object])[] = [
  [
    'mlp, from the weights of the README job, c .002',
    { ...MLP, optimizer: grda(0.3, 0.002, 0.6), epochs: 3 },
  ],
  [
    'the same with the state of its optimizer',
    { ...MLP, optimizer: grda(0.3, 0.002, 0.6), epochs: 3, init: { optimizerState: true } },
  ],
]

const service = await startService()
const rows: string[] = []
let readmeJob = ''
try {
  for (const [name, spec] of JOBS) {
    const id = await compare(name, spec)
    if (name.includes('README')) readmeJob = id
  }
  for (const [name, spec] of CONTINUED) {
    const { init } = spec as { init?: object }
    await compare(name, { ...spec, init: { ...init, jobId: readmeJob } })
  }
} finally {
  await service.stop()
}
const text = [
  '`npm run study -- forecast`: each job is planned by a dry run and then trained, on a service that has trained only the jobs above it. Sparsities',
  'are percentages of all parameters, after the first and the last epoch: forecast (w: from the initial weights, j: from finished jobs), trained,',
  'and the share of initial weights within the threshold. A dash: the dry run says that it does not know.',
  '',
  '| job | first epoch | trained | last epoch | trained | initial weights | bytes | trained | seconds | took |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ...rows,
].join('\n')
if (options.dry) console.log(text)
else await writeSection('Forecasts of dry runs', text)

async function compare(name: string, spec: object): Promise<string> {
  const { plan, estimatedSeconds } = await post<DryRun>('/v1/jobs?dryRun=true', spec)
  const { id } = await post<Job>('/v1/jobs', spec)
  const job = await ended(id)
  const { data } = await get<{ data: EpochMetrics[] }>(`/v1/jobs/${id}/metrics`)
  const [first, last] = [data[0]!, data.at(-1)!]
  const [planned, plannedLast] = [plan.epochs[0]!, plan.epochs.at(-1)!]
  const took = (Date.parse(job.finishedAt!) - Date.parse(job.startedAt!)) / 1000
  const cells = [
    name,
    describe(planned),
    percent(first.sparsity),
    describe(plannedLast),
    percent(last.sparsity),
    plannedLast.initialSparsity === undefined ? '-' : percent(plannedLast.initialSparsity),
    plan.forecastArtifactBytes ?? '-',
    last.sparseBytes,
    estimatedSeconds?.toFixed(1) ?? '-',
    took.toFixed(1),
  ]
  rows.push(`| ${cells.join(' | ')} |`)
  console.log(rows.at(-1))
  return id
}

function describe({
  forecastSparsity,
  forecastError = 0,
  forecastBasis,
}: DryRun['plan']['epochs'][number]): string {
  if (forecastSparsity === undefined) return '-'
  const basis = forecastBasis === 'finishedJobs' ? 'j' : 'w'
  return `${percent(forecastSparsity)} +- ${(100 * forecastError).toFixed(1)} ${basis}`
}

function percent(share: number): string {
  return (100 * share).toFixed(2)
}

async function ended(id: string): Promise<Job> {
  for (;;) {
    const job = await get<Job>(`/v1/jobs/${id}`)
    if (job.status === 'succeeded') return job
    if (job.status === 'failed') throw new Error(`${id} failed: ${job.error?.message}`)
    await new Promise(resolve => setTimeout(resolve, 500))
  }
}

async function post<Answer>(path: string, body: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  return await answerOf(
    await fetch(service.url + path, { method: 'POST', headers, body: JSON.stringify(body) }),
  )
}

async function get<Answer>(path: string): Promise<Answer> {
  return await answerOf(await fetch(service.url + path))
}

async function answerOf<Answer>(response: Response): Promise<Answer> {
  const answer = await response.json()
  if (!response.ok) throw new Error(JSON.stringify(answer))
  return answer as Answer
}
