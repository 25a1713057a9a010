import type { Mistake } from '#domain/error.ts'
import { ScheduleSpec, spansTraining } from '#optimization/schedule-spec.ts'
import { drawTrial } from './draw-trial.ts'
import type { MetricName } from './metrics.ts'
import { type Goal, goalsOf, rankTrials } from './objective.ts'
import type { RequestOf, Search, StateOf } from './search.ts'
import { spaceSize } from './space.ts'
import { withPresetField } from './spec-path.ts'
import { endedRun, type Trial } from './sweep-state.ts'
import { fullEpochs } from './trial-spec.ts'

const SPARSITY_METRICS: readonly MetricName[] = ['sparsity', 'weightSparsity', 'sparseBytes']

/**
 * Asynchronous successive halving (Li et al. 2020, "A System for Massively Parallel Hyperparameter Tuning", algorithm 2). A free
 * place goes to the best trial of the highest rung that may be promoted, else to a new trial in the first rung; nothing waits for
 * a slow one. Of n trials that have ended a rung, at most floor(n / reduction) are promoted; algorithm 2 has no such bound, see
 * docs/decisions/2026-11-29-searches.md.
 */
export const ASHA: Search<'asha'> = {
  mistakes(request) {
    return [...epochMistakes(request), ...trialMistakes(request), ...scheduleMistakes(request)]
  },

  mostTrials: ({ space, maxTrials }) => Math.min(maxTrials, spaceSize(space)),

  next(state) {
    const { request, trials } = state
    const rungs = rungsOf(request)
    for (const rung of [...rungs.keys()].slice(0, -1).reverse()) {
      const trial = promotable(state, rungs[rung]!, rungs[rung + 1]!)
      if (trial) return { type: 'promote', trial: trial.id, epochs: rungs[rung + 1]! }
    }
    const drawn = trials.filter(({ kind }) => kind === 'trial').length
    if (drawn >= ASHA.mostTrials(request)) return undefined
    return { type: 'start', kind: 'trial', values: drawTrial(state, request.search.seed), epochs: rungs[0]! }
  },
}

/** The epochs of each rung: minEpochs * reduction^k while below those of a full training, then those. */
function rungsOf(request: RequestOf<'asha'>): number[] {
  const { minEpochs, reduction } = request.search
  const full = fullEpochs(request)!
  const rungs: number[] = []
  for (let epochs = minEpochs; epochs < full; epochs *= reduction) rungs.push(epochs)
  return [...rungs, full]
}

/** A failed trial has ended its rung and ranks last. */
function promotable(state: StateOf<'asha'>, epochs: number, nextEpochs: number): Trial | undefined {
  const ended = state.trials.flatMap(trial => {
    const run = trial.kind === 'trial' ? endedRun(trial, epochs) : undefined
    return run ? [{ trial, metrics: run.status === 'succeeded' ? run.metrics : undefined }] : []
  })
  const quota = Math.floor(ended.length / state.request.search.reduction)
  const isPromoted = ({ runs }: Trial) => runs.some(run => run.epochs === nextEpochs)
  if (ended.filter(({ trial }) => isPromoted(trial)).length >= quota) return undefined
  // It is among the first `quota` trials, because fewer than these are promoted.
  return rankTrials(state, ended, rankingGoals(state.request)).find(trial => !isPromoted(trial))
}

/**
 * Sparsity grows with time under gRDA, so a metric alone would promote the trials that are still dense: without constraints it is
 * ranked together with sparsity, and sparsity with the validation loss (a Pareto objective, as Schmucker et al. 2021 rank in
 * "Multi-objective Asynchronous Successive Halving"). Where all trials are equally sparse this changes nothing.
 */
function rankingGoals(request: RequestOf<'asha'>): Goal[] {
  const goals = goalsOf(request)
  if (goals.length > 1 || request.objective?.subjectTo) return goals
  const isSparsity = SPARSITY_METRICS.includes(goals[0]!.metric)
  return [...goals, isSparsity ? { metric: 'validationLoss', sign: -1 } : { metric: 'sparsity', sign: 1 }]
}

function epochMistakes(request: RequestOf<'asha'>): Mistake[] {
  if ('epochs' in request.space)
    return [{ path: 'space.epochs', message: 'cannot be searched by asha, which sets the epochs itself' }]
  const full = fullEpochs(request)
  if (full === undefined)
    return [{ path: 'base.epochs', message: 'is required by asha: the epochs of the last rung' }]
  if (request.search.minEpochs < full) return []
  return [{ path: 'search.minEpochs', message: `must be below the ${full} epochs of a full training` }]
}

/** With fewer trials than `reduction`, none is promoted and none is trained in full. */
function trialMistakes({ search: { reduction }, maxTrials }: RequestOf<'asha'>): Mistake[] {
  if (maxTrials >= reduction) return []
  const message = `must be at least the reduction, ${reduction}: asha promotes one of ${reduction} trials`
  return [{ path: 'maxTrials', message }]
}

/** A promoted trial trains on from its checkpoint, so the rates before must not depend on how many epochs follow. */
function scheduleMistakes({ base, space }: RequestOf<'asha'>): Mistake[] {
  const choices = Array.isArray(space.schedule)
    ? space.schedule.map((schedule, index) => [`space.schedule.${index}`, schedule] as const)
    : [['base.schedule', withPresetField(base, 'schedule').schedule] as const]
  const parts = Object.keys(space).filter(path => path.startsWith('schedule.'))
  const ofParts = parts.map(path => ({
    path: `space.${path}`,
    message: 'cannot be searched by asha: list whole schedules as `schedule`',
  }))
  const spanning = choices.flatMap(([path, value]) => {
    const { data } = ScheduleSpec.safeParse(value)
    if (!data || !spansTraining(data)) return []
    const message = `cannot be ${data.name} with asha: it spans all epochs, so a trial could not be continued. Use constant, step, multiStep or exponential`
    return [{ path, message }]
  })
  return [...ofParts, ...spanning]
}
