import type { ListedAnalysis, Tradeoff, TradeoffPoint } from '@thresher/client'
import { AnswerError } from '@thresher/client'
import { count, percent } from '../../terminal/figures.ts'
import { rounded, thinned } from '../compact.ts'
import { JOB_ID, type JobArguments } from '../job-id.ts'
import { type Answer, type Call, defineTool, READS } from '../tool.ts'
import { WAIT_SECONDS, within } from '../within.ts'

interface Arguments extends JobArguments {
  measure?: boolean
  levels?: number[]
  allPoints?: boolean
  seconds?: number
}

/** The most points of the front that the text contains. */
const MOST_LINES = 20

export const tradeoff = defineTool<Arguments>({
  name: 'tradeoff',
  title: 'Accuracy against sparsity and size',
  description:
    'Returns the validation accuracy and the file size of the model of a finished job at many sparsities, without training it again, and the Pareto front among them. `download` accepts each point. With `measure`, a model that has no trade-off yet is measured by a worker, which needs a key with the scope `submit` and takes seconds for a small network.',
  scope: 'read',
  effects: { ...READS, readOnlyHint: false, destructiveHint: false, idempotentHint: true },
  input: () => ({
    properties: {
      jobId: JOB_ID,
      measure: { type: 'boolean', default: false, description: 'Measure it if it has not been measured.' },
      levels: {
        type: 'array',
        items: { type: 'number', minimum: 0, exclusiveMaximum: 1 },
        maxItems: 50,
        description:
          'With `measure`: further sparsities to measure, such as 0.928. The whole trade-off is then measured again.',
      },
      allPoints: {
        type: 'boolean',
        default: false,
        description: 'Return every point, not only those of the Pareto front.',
      },
      seconds: WAIT_SECONDS,
    },
    required: ['jobId'],
  }),
  async run(args, call) {
    const found = args.levels === undefined || !args.measure ? await find(args, call) : undefined
    if (found) return answer(found, args)
    const analysis = await measured(args, call)
    if (analysis.status === 'succeeded')
      return answer(await call.thresher.jobs.tradeoff(args.jobId, {}, { signal: call.signal }), args)
    return pending(args, analysis)
  },
})

/** @returns nothing if it must be measured first, and may be */
async function find(
  { jobId, measure }: Arguments,
  { thresher, signal }: Call,
): Promise<Tradeoff | undefined> {
  try {
    return await thresher.jobs.tradeoff(jobId, {}, { signal })
  } catch (error) {
    if (measure && error instanceof AnswerError && error.code === 'tradeoff_not_ready') return undefined
    throw error
  }
}

async function measured({ jobId, levels, seconds }: Arguments, call: Call): Promise<ListedAnalysis> {
  const { thresher, signal } = call
  const { id } = (await running(jobId, call)) ?? (await create())
  await within(seconds, signal, async limited => {
    for await (const frame of thresher.analyses.watch(id, { signal: limited }))
      if (frame.type === 'progress')
        await call.progress(
          frame.done,
          frame.total,
          `${frame.done} of at most ${frame.total} points measured`,
        )
  })
  return await thresher.analyses.get(id, { signal })

  function create() {
    return thresher.analyses.create(
      { kind: 'tradeoff', jobs: [jobId], ...(levels && { levels }) },
      { signal },
    )
  }
}

/** A measurement that an earlier call has started. */
async function running(jobId: string, { thresher, signal }: Call): Promise<ListedAnalysis | undefined> {
  const status = ['queued', 'running', 'restarting'] as const
  const { data } = await thresher.analyses.list({ kind: 'tradeoff', jobId, status: [...status] }, { signal })
  return data[0]
}

function pending({ jobId }: Arguments, { id, status, error }: ListedAnalysis): Answer {
  const data = { analysisId: id, status, ...(error && { error }) }
  if (error) return { text: `The measurement ${id} has failed. ${error.code}: ${error.message}`, data }
  const text =
    status === 'cancelled'
      ? `The measurement ${id} was cancelled.`
      : `The measurement ${id} is ${status}. Next: tradeoff with {"jobId": "${jobId}", "measure": true} waits for it.`
  return { text, data }
}

function answer({ parameters, points }: Tradeoff, { jobId, allPoints }: Arguments): Answer {
  const front = points.filter(({ pareto }) => pareto).toSorted((a, b) => a.sparsity - b.sparsity)
  const own = points.find(point => point.own)
  const text = [
    ...(own ? [`The trained model: ${describe(own)}.`] : []),
    `The Pareto front (${front.length} of ${points.length} points, ${parameters.toLocaleString('en')} parameters):`,
    ...thinned(front, MOST_LINES).map(describe),
    `Next: download with {"jobId": "${jobId}", "sparsity": 0.95}, or with minValidationAccuracy or sizeBytes, stores a point.`,
  ]
  return {
    text: text.join('\n'),
    data: { parameters, front: front.map(pointFacts), ...(allPoints && { points: points.map(pointFacts) }) },
  }
}

function pointFacts({
  sizeBytes,
  validationTop5Accuracy: _,
  ...point
}: TradeoffPoint): Record<string, unknown> {
  const { sparsity, validationLoss } = point
  return { ...point, sparsity: rounded(sparsity), validationLoss: rounded(validationLoss), sizeBytes }
}

function describe({
  sparsity,
  validationAccuracy,
  validationLoss,
  sizeBytes,
  rule,
  scope,
}: TradeoffPoint): string {
  const score =
    validationAccuracy === undefined
      ? `validation loss ${validationLoss.toPrecision(4)}`
      : `validation accuracy ${percent(validationAccuracy)}`
  return `${percent(sparsity)} zeros, ${score}, ${count(sizeBytes.sparse)} bytes (${rule}, ${scope})`
}
