import type { DryRun, JobRequest } from '@thresher/client'
import { bytes, count, duration, percent } from '../../terminal/figures.ts'
import { defined, rounded, thinned } from '../compact.ts'
import { describeWarnings, trainingOf } from '../job-facts.ts'
import { defineTool, READS } from '../tool.ts'

/** The most epochs of a forecast that an answer contains. */
const MOST_EPOCHS = 12

export const plan = defineTool<{ job: JobRequest; sparsity?: number }>({
  name: 'plan',
  title: 'Plan a training job (dry run)',
  description:
    'Checks a job and forecasts it without training anything: the complete spec, parameters, memory, duration, the threshold by epoch, and the expected sparsity and file size if they can be forecast. It costs nothing. Use it before `submit`, and repeat it until no warning is left that matters. With `sparsity`, it also recommends the scale c of the threshold for that share of zeros.',
  // A dry run needs the scope of a submission.
  scope: 'submit',
  effects: READS,
  input: schemas => ({
    properties: {
      job: schemas.component('JobRequest', JOB),
      ...schemas.parameters('/v1/jobs', 'post', ['sparsity']),
    },
    required: ['job'],
  }),
  async run({ job, sparsity }, { thresher, signal }) {
    const dryRun = await thresher.jobs.plan(job, { sparsity, signal })
    return { text: describe(dryRun), data: factsOf(dryRun) }
  },
})

export const JOB =
  'The job. A preset (see `list_models`) has defaults for all other fields. The shortest way to a sparse model is a target: {"model": {"preset": "mnist-mlp"}, "optimizer": {"name": "grda", "learningRate": 0.3, "mu": 0.6}, "target": {"sparsity": 0.95}, "epochs": 10}.'

function factsOf({ spec, warnings, plan, ...rest }: DryRun): Record<string, unknown> {
  const { epochs, ...sizes } = plan
  return defined({
    training: trainingOf(spec),
    warnings,
    ...sizes,
    ...rest,
    epochs: thinned(epochs, MOST_EPOCHS).map(epoch =>
      defined({
        ...epoch,
        learningRate: rounded(epoch.learningRate),
        threshold: rounded(epoch.threshold),
        initialSparsity: rounded(epoch.initialSparsity),
        forecastSparsity: rounded(epoch.forecastSparsity),
      }),
    ),
  })
}

function describe({
  spec,
  warnings,
  plan,
  memory,
  estimatedSeconds,
  recommendation,
  queuePosition,
}: DryRun): string {
  const last = plan.epochs.at(-1)!
  const lines = [
    `${count(plan.parameters)} parameters (${count(plan.denseBytes)} bytes dense), ${spec.epochs} epochs of ${count(plan.stepsPerEpoch)} steps, ${bytes(memory.neededBytes)} of memory.`,
    estimatedSeconds === undefined
      ? 'The duration is not known: no similar job has finished yet.'
      : `It takes about ${duration(estimatedSeconds)} once it runs${queuePosition === undefined ? '' : `, at position ${queuePosition} of the queue`}.`,
    forecastOf(last, plan),
  ]
  if (recommendation)
    lines.push(
      `For ${percent(recommendation.sparsity)} zeros${spec.target ? ' before the cut' : ''}, the recommended c is ${recommendation.c} (${within(recommendation.error)}basis ${recommendation.basis}).`,
    )
  return [...lines, ...describeWarnings(warnings)].join('\n')
}

function forecastOf(
  last: DryRun['plan']['epochs'][number],
  { forecastArtifactBytes }: DryRun['plan'],
): string {
  if (last.forecastSparsity === undefined)
    return 'The sparsity at the end is not known: it can be forecast once a job with the same model and data has finished.'
  const size =
    forecastArtifactBytes === undefined ? '' : `, a file of about ${count(forecastArtifactBytes)} bytes`
  return `Forecast: ${percent(last.forecastSparsity)} zeros at the end (${within(last.forecastError ?? 0)}basis ${last.forecastBasis})${size}.`
}

/** The error of a forecast in percentage points; nothing if it is exact. */
function within(error: number): string {
  return error === 0 ? '' : `within ${Number((100 * error).toPrecision(2))} points, `
}
