import { setImmediate as nextTurn } from 'node:timers/promises'
import { exceedsLimit } from '#access/quota-exceeded.ts'
import { MONITORED_METRICS } from '#domain/early-stopping.ts'
import { AppError, invalidFields, type Mistake } from '#domain/error.ts'
import { outputCount } from '#domain/topology-of.ts'
import { JobRequest, type TrainingSpec } from '#domain/training-spec.ts'
import { parseByZod } from '#interchange/parse-by-zod.ts'
import { type Allowed, allowedTo } from '#stores/tenant-limits.ts'
import { neededMetrics } from '#sweeps/objective.ts'
import type { Space, Values } from '#sweeps/space.ts'
import type { Dimension, SweepRequest } from '#sweeps/sweep-request.ts'
import type { SweepState, Trial } from '#sweeps/sweep-state.ts'
import { fullEpochs, trialSpec } from '#sweeps/trial-spec.ts'
import { limitMistakes } from './allowed.ts'
import { requireMemory } from './check-memory.ts'
import type { JobStores } from './resolve-job.ts'
import { monitoredMetrics } from './select-epoch.ts'
import { draftJob } from './submit-job.ts'

const MOST_MISTAKES = 100
/** Besides each choice once, the first trials unchanged; one may be the dense run. */
const FIRST_TRIALS = 2
/** A large base takes milliseconds for each choice; other requests are answered in between. */
const CHOICES_PER_TURN = 10

/**
 * Checks the trials of a new sweep, as far as possible before they run: every choice and both ends of every range, each with the first
 * choices of the other fields, by the schema of its field and then by everything that a job is checked by.
 * @throws AppError `invalid_request` or `limit_exceeded` with paths in `base`, `space` or `search`, and as `submitJob` does
 */
export async function checkTrials(stores: JobStores, { request, trials }: SweepState): Promise<void> {
  const mistakes = await choiceMistakes(request)
  if (mistakes.length > 0) throw invalidFields(mistakes.slice(0, MOST_MISTAKES))
  const allowed = await allowedTo(stores)
  const invalid = new Map<string, Mistake>()
  const exceeding = new Map<string, Mistake>()
  for (const trial of [...trials.slice(0, FIRST_TRIALS), ...choiceTrials(request, trials)]) {
    const found = await trialMistakes(stores, request, trial, allowed)
    for (const mistake of found.invalid) invalid.set(`${mistake.path} ${mistake.message}`, mistake)
    for (const mistake of found.exceeding) exceeding.set(`${mistake.path} ${mistake.message}`, mistake)
    if (invalid.size >= MOST_MISTAKES) break
  }
  if (invalid.size > 0) throw invalidFields([...invalid.values()].slice(0, MOST_MISTAKES))
  if (exceeding.size > 0) throw exceedsLimit([...exceeding.values()].slice(0, MOST_MISTAKES))
}

/** A trial for each choice but the first ones. */
function choiceTrials(request: SweepRequest, trials: readonly Trial[]): CheckedTrial[] {
  const { kind, runs } = trials.at(-1)!
  // The values of these kinds follow from the method.
  if (kind === 'rangeTest') return []
  const first = firstChoices(request)
  return Object.entries(request.space).flatMap(([path, dimension]) =>
    choicesOf(dimension)
      .slice(1)
      .map(choice => ({ kind: 'trial' as const, values: { ...first, [path]: choice }, runs })),
  )
}

type CheckedTrial = Pick<Trial, 'kind' | 'values' | 'runs'>

/** What a job of the trial would be refused for: its mistakes, and its quotas. @throws AppError without paths, as `submitJob` does */
async function trialMistakes(
  stores: JobStores,
  request: SweepRequest,
  trial: CheckedTrial,
  allowed: Allowed,
): Promise<{ invalid: readonly Mistake[]; exceeding: readonly Mistake[] }> {
  const { kind, values, runs } = trial
  const spec = trialSpec(request, { kind, values }, runs[0]!.epochs)
  try {
    const draft = await draftJob(stores, parseByZod(JobRequest, spec))
    await requireMemory(stores, draft.spec)
    return {
      invalid: metricMistakes(request, draft.spec),
      exceeding: exceedingMistakes(request, trial, draft.spec, allowed),
    }
  } catch (error) {
    if (!(error instanceof AppError) || error.mistakes.length === 0) throw error
    return { invalid: placed(request.space, values, error.mistakes), exceeding: [] }
  }
}

/** The quotas that a job of the trial would exceed. A method that begins with short runs trains its best trials in full later. */
function exceedingMistakes(
  request: SweepRequest,
  { kind, values, runs }: CheckedTrial,
  spec: TrainingSpec,
  allowed: Allowed,
): Mistake[] {
  const short = runs[0]!.epochs
  const full = short === undefined || kind === 'rangeTest' ? spec.epochs : (fullEpochs(request) ?? 0)
  const isOfSearch = short !== undefined && spec.epochs >= full
  return limitMistakes({ ...spec, epochs: Math.max(spec.epochs, full) }, allowed).map(
    ({ path, message }) => ({
      path: isOfSearch && path === 'epochs' ? 'search.epochs' : placeWithin(request.space, values, path),
      message,
    }),
  )
}

/** The place of a field, or of the value in the space that sets a part of it: `space.model.preset.0` for `model`. */
function placeWithin(space: Space, values: Values, path: string): string {
  const part = Object.keys(values).find(name => name.startsWith(`${path}.`))
  return placeOf(space, values, part ?? path)
}

/** The metrics that the search needs and the loss of a trial does not have. */
function metricMistakes(request: SweepRequest, { loss, model }: TrainingSpec): Mistake[] {
  const ofLoss: ReadonlySet<string> = new Set(MONITORED_METRICS)
  const measured: readonly string[] = monitoredMetrics(loss, outputCount(model))
  return neededMetrics(request)
    .filter(({ metric }) => ofLoss.has(metric) && !measured.includes(metric))
    .map(({ path, metric }) => ({
      path,
      message: `needs ${metric}, which ${loss} does not have; it has: ${measured.join(', ')}`,
    }))
}

/** The mistakes of every single choice, together with the first choices of the other fields. */
async function choiceMistakes(request: SweepRequest): Promise<Mistake[]> {
  const dimensions = Object.entries(request.space)
  const first = firstChoices(request)
  const mistakes: Mistake[] = []
  for (const [path, dimension] of dimensions)
    for (const [index, choice] of choicesOf(dimension).entries()) {
      if (index % CHOICES_PER_TURN === 0) await nextTurn()
      mistakes.push(...mistakesAt(request, path, { ...first, [path]: choice }))
    }
  return mistakes
}

/** The mistakes that the value at a path makes in its field. */
function mistakesAt(request: SweepRequest, path: string, values: Values): Mistake[] {
  const field = path.split('.')[0]!
  const schema = JobRequest.shape[field as keyof typeof JobRequest.shape]
  if (!schema) return []
  const value = trialSpec(request, { kind: 'trial', values }, undefined)[field]
  const found = placed(
    request.space,
    values,
    mistakesOf(() => parseByZod<unknown>(schema, value, [field])),
  )
  const place = `space.${path}`
  return found.filter(mistake => mistake.path === place || mistake.path.startsWith(`${place}.`))
}

function firstChoices({ space }: SweepRequest): Values {
  return Object.fromEntries(Object.entries(space).map(([path, dimension]) => [path, choicesOf(dimension)[0]]))
}

function choicesOf(dimension: Dimension): readonly unknown[] {
  if (Array.isArray(dimension)) return dimension
  return 'log' in dimension ? dimension.log : dimension.uniform
}

function mistakesOf(check: () => unknown): readonly Mistake[] {
  try {
    check()
    return []
  } catch (error) {
    if (error instanceof AppError) return error.mistakes
    throw error
  }
}

/** Mistakes in the spec of a trial, with the paths of the fields in the request of the sweep that they come from. */
function placed(space: Space, values: Values, mistakes: readonly Mistake[]): Mistake[] {
  return mistakes.map(({ path, message }) => {
    const place = placeOf(space, values, path)
    return { path: place, message: place === 'search' ? `would set ${path}: ${message}` : message }
  })
}

function placeOf(space: Space, values: Values, path: string): string {
  const key = Object.keys(values).find(name => path === name || path.startsWith(`${name}.`))
  if (key === undefined) return `base.${path}`
  const dimension = space[key]
  // The method lrRange sets the schedule itself.
  if (!dimension) return 'search'
  if (!Array.isArray(dimension)) return `space.${key}`
  return `space.${key}.${dimension.indexOf(values[key] as (typeof dimension)[number])}${path.slice(key.length)}`
}
