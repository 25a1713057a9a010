import { METRIC_SIGNS, type MetricName, type TrialMetrics } from './metrics.ts'
import { nonDominated, type Outcome, rankOutcomes } from './rank-outcomes.ts'
import type { Constraint, SweepRequest } from './sweep-request.ts'
import {
  currentRun,
  finalMetrics,
  isActive,
  type SweepResult,
  type SweepState,
  type Trial,
} from './sweep-state.ts'

/** A metric to improve: 1 to maximize it, -1 to minimize it. */
export interface Goal {
  metric: MetricName
  sign: 1 | -1
}

/** An accuracy is a quotient of counts; its distance to a bound must not fail by the last bit. */
const ROUNDING = 1e-9

/** More than one goal is a Pareto objective. */
export function goalsOf({ objective, search }: Pick<SweepRequest, 'objective' | 'search'>): Goal[] {
  const usual = search.method === 'largestC' ? 'sparsity' : 'validationAccuracy'
  const { maximize = [], minimize = [] } = objective ?? { maximize: usual }
  return [
    ...[maximize].flat().map(metric => ({ metric, sign: 1 as const })),
    ...[minimize].flat().map(metric => ({ metric, sign: -1 as const })),
  ]
}

/** The metrics that a search compares, with the fields of the request that ask for them. */
export function neededMetrics(request: SweepRequest): { path: string; metric: MetricName }[] {
  const { search, objective } = request
  if (search.method === 'lrRange') return []
  const goalPath = (sign: number) => `objective.${sign > 0 ? 'maximize' : 'minimize'}`
  return [
    ...goalsOf(request).map(({ metric, sign }) => ({
      path: objective ? goalPath(sign) : 'objective',
      metric,
    })),
    ...(Object.keys(objective?.subjectTo ?? {}) as MetricName[]).map(metric => ({
      path: `objective.subjectTo.${metric}`,
      metric,
    })),
    ...(search.method === 'largestC'
      ? [{ path: 'search.method', metric: 'validationAccuracy' as const }]
      : []),
  ]
}

/** Whether a constraint compares with a run that has c = 0. */
export function needsReference({ objective }: Pick<SweepRequest, 'objective'>): boolean {
  return Object.values(objective?.subjectTo ?? {}).some(bounds => bounds?.withinOfDense !== undefined)
}

/**
 * What the dense run measured. If it diverged there are no metrics: it is the worst run, so every other one is within any distance of
 * it. `lost`: it was cancelled or failed for another reason, so no distance to it is known.
 */
type Dense = Partial<TrialMetrics> | 'lost'

/** What a trial achieved by these metrics; none where a goal's metric is absent. */
function outcomeOf(
  { objective }: SweepRequest,
  metrics: TrialMetrics | undefined,
  goals: readonly Goal[],
  dense: Dense,
): Outcome | undefined {
  if (!metrics) return undefined
  const values = goals.flatMap(({ metric, sign }) => {
    const value = metrics[metric]
    return value === undefined ? [] : [sign * value]
  })
  if (values.length < goals.length) return undefined
  const constraints = Object.entries(objective?.subjectTo ?? {}) as [MetricName, Constraint][]
  const excesses = constraints.map(([metric, bounds]) =>
    excess(metrics[metric], bounds, METRIC_SIGNS[metric], dense === 'lost' ? dense : dense[metric]),
  )
  return { values, violation: excesses.reduce((sum, one) => sum + one, 0) }
}

/** By how much a bound is exceeded, as a share of the bound; infinite where that is unknown. */
function excess(
  value: number | undefined,
  { atLeast, atMost, withinOfDense }: Constraint,
  sign: 1 | -1,
  dense: number | undefined | 'lost',
): number {
  if (value === undefined || (dense === 'lost' && withinOfDense !== undefined))
    return Number.POSITIVE_INFINITY
  const share = (amount: number, bound: number) => (amount > ROUNDING ? amount / (Math.abs(bound) || 1) : 0)
  return (
    (atLeast === undefined ? 0 : share(atLeast - value, atLeast)) +
    (atMost === undefined ? 0 : share(value - atMost, atMost)) +
    (withinOfDense === undefined || dense === undefined || dense === 'lost'
      ? 0
      : share(sign * (dense - value) - withinOfDense, dense))
  )
}

/** The dense run at an epoch, or at its end if it ended earlier; undefined until it has reached that epoch. */
function denseAt({ request, trials }: SweepState, epoch: number): Dense | undefined {
  if (!needsReference(request)) return {}
  const reference = trials.find(({ kind }) => kind === 'reference')
  const upTo = reference?.curve?.findLast(metrics => metrics.epoch <= epoch)
  if (upTo?.epoch === epoch) return upTo
  if (!reference || isActive(reference)) return undefined
  const { status, hasDiverged } = currentRun(reference)
  if (hasDiverged) return {}
  return status === 'succeeded' && upTo ? upTo : 'lost'
}

/**
 * The trials that have an outcome, best first. Each is compared with the dense run at the same epoch, and is left out until that run
 * has reached it.
 */
export function rankTrials(
  state: SweepState,
  candidates: readonly { trial: Trial; metrics: TrialMetrics | undefined }[],
  goals: readonly Goal[],
): Trial[] {
  const outcomes = candidates.map(({ metrics }) => {
    const dense = metrics && denseAt(state, metrics.epoch)
    return dense && outcomeOf(state.request, metrics, goals, dense)
  })
  return rankOutcomes(outcomes)
    .filter(place => outcomes[place])
    .map(place => candidates[place]!.trial)
}

/** The best trial by the objective, and the front of all of them. Call it once no trial is active. */
export function summarize(state: SweepState): SweepResult {
  return { best: bestTrial(state), front: paretoFront(state) }
}

/** Compared with the end of the dense run: a short trial may be as good as that run was then, and still be far from its end. */
function bestTrial(state: SweepState): number | null {
  const goals = goalsOf(state.request)
  if (goals.length > 1) return null
  const dense = denseAt(state, Number.POSITIVE_INFINITY) ?? {}
  const trials = state.trials.filter(({ kind }) => kind !== 'reference')
  const outcomes = trials.map(trial => outcomeOf(state.request, finalMetrics(trial), goals, dense))
  const [best] = rankOutcomes(outcomes)
  return best !== undefined && outcomes[best]?.violation === 0 ? trials[best]!.id : null
}

/** By the goals of a Pareto objective; of another one, by validation accuracy (or loss, where there is none) and sparsity. */
function paretoFront({ request, trials }: SweepState): number[] {
  const measured = trials.flatMap(trial => {
    const metrics = finalMetrics(trial)
    return metrics ? [{ trial, metrics }] : []
  })
  const own = goalsOf(request)
  const hasAccuracy = measured.some(({ metrics }) => metrics.validationAccuracy !== undefined)
  const quality: Goal = hasAccuracy
    ? { metric: 'validationAccuracy', sign: 1 }
    : { metric: 'validationLoss', sign: -1 }
  const goals = own.length > 1 ? own : [quality, { metric: 'sparsity', sign: 1 } as const]
  const complete = measured.filter(({ metrics }) =>
    goals.every(({ metric }) => metrics[metric] !== undefined),
  )
  const points = complete.map(({ metrics }) => goals.map(({ metric, sign }) => sign * metrics[metric]!))
  const sparsityOf = (place: number) => complete[place]!.metrics.sparsity ?? 0
  return nonDominated(points)
    .sort((a, b) => sparsityOf(a) - sparsityOf(b))
    .map(place => complete[place]!.trial.id)
}
