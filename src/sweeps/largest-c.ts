import type { Mistake } from '#domain/error.ts'
import { C, cAt, indexOfC, planOfC } from './c-points.ts'
import { type SearchPlan, type Standing, standing } from './first-failure.ts'
import { goalsOf, rankTrials } from './objective.ts'
import type { Move, RequestOf, Search, StateOf } from './search.ts'
import { gridPoint, rangePaths, type Space, spaceSize, type Values } from './space.ts'
import { getPath, omitFields, withPresetField } from './spec-path.ts'
import { currentRun, isActive, type Trial } from './sweep-state.ts'

const MU = 'optimizer.mu'
const ROUNDING = 1e-9

/**
 * For each mu (and each choice of other listed fields) the largest c such that every smaller c keeps the validation accuracy of a
 * short run within a tolerance of the run with c = 0; then the best of these by the objective is trained in full.
 */
export const LARGEST_C: Search<'largestC'> = {
  mistakes(request) {
    return [...spaceMistakes(request.space), ...optimizerMistakes(request), ...objectiveMistakes(request)]
  },

  mostTrials({ space }) {
    const arms = armSpace(space)
    const references = spaceSize(omitFields(arms, [MU]) as Space)
    return references + spaceSize(arms) * planOfC(space).budget + 1
  },

  next(state) {
    const arms = armsOf(state)
    return stopUnneeded(arms) ?? startNext(state, arms) ?? startFinal(state, arms)
  },

  result({ trials }) {
    const final = trials.find(({ kind }) => kind === 'final')
    return { best: final && currentRun(final).status === 'succeeded' ? final.id : null }
  },
}

/** The search of c for one mu. */
interface Arm {
  values: Values
  referenceValues: Values
  reference: Trial | undefined
  /** By index of c. */
  trials: ReadonlyMap<number, Trial>
  standing: Standing
}

function armsOf(state: StateOf<'largestC'>): Arm[] {
  const { space } = state.request
  const tried = state.trials.flatMap(trial =>
    trial.kind === 'trial' ? [{ trial, arm: JSON.stringify(omitFields(trial.values, [C])) }] : [],
  )
  const plan = planOfC(space)
  const points = armSpace(space)
  return Array.from({ length: spaceSize(points) }, (_, index) => {
    const values = gridPoint(points, index)
    const text = JSON.stringify(values)
    const ofArm = tried.filter(({ arm }) => arm === text).map(({ trial }) => trial)
    return armOf(state, plan, values, ofArm)
  })
}

function armOf(state: StateOf<'largestC'>, plan: SearchPlan, values: Values, ofArm: readonly Trial[]): Arm {
  // With c = 0 there is no threshold, so mu changes nothing and the runs of every mu share one reference.
  const referenceValues = omitFields(values, [MU])
  const text = JSON.stringify(referenceValues)
  const reference = state.trials.find(
    trial => trial.kind === 'reference' && JSON.stringify(trial.values) === text,
  )
  const trials = new Map(ofArm.map(trial => [indexOfC(state.request.space, trial.values), trial]))
  const tests = new Map([...trials].map(([index, trial]) => [index, passes(state, trial, reference)]))
  return {
    values,
    referenceValues,
    reference,
    trials,
    standing: isLost(reference) ? LOST : standing(plan, tests),
  }
}

/** Without a reference nothing can be judged, so nothing needs a test. */
const LOST: Standing = { firstFailure: -1, isOver: true }

function isLost(reference: Trial | undefined): boolean {
  if (!reference || isActive(reference)) return false
  return accuracyOf(reference) === undefined
}

/** Undefined until both runs have ended. A run that failed does not pass. */
function passes(state: StateOf<'largestC'>, trial: Trial, reference: Trial | undefined): boolean | undefined {
  if (isActive(trial) || currentRun(trial).stoppedBy === 'search') return undefined
  const dense = reference && !isActive(reference) ? accuracyOf(reference) : undefined
  if (dense === undefined) return undefined
  const accuracy = accuracyOf(trial) ?? Number.NEGATIVE_INFINITY
  return accuracy >= dense - state.request.search.tolerance - ROUNDING
}

function accuracyOf(trial: Trial): number | undefined {
  const { status, metrics } = currentRun(trial)
  return status === 'succeeded' ? metrics?.validationAccuracy : undefined
}

function stopUnneeded(arms: readonly Arm[]): Move | undefined {
  for (const { trials, standing } of arms)
    for (const [index, trial] of trials)
      if (index > standing.firstFailure && isActive(trial) && !currentRun(trial).stoppedBy)
        return { type: 'stop', trial: trial.id }
  return undefined
}

/** The references first; then the arm with the fewest trials under way. */
function startNext({ request }: StateOf<'largestC'>, arms: readonly Arm[]): Move | undefined {
  const { epochs } = request.search
  const unreferenced = arms.find(({ reference }) => !reference)
  if (unreferenced) return { type: 'start', kind: 'reference', values: unreferenced.referenceValues, epochs }
  const activeOf = ({ trials }: Arm) => [...trials.values()].filter(isActive).length
  const [arm] = arms
    .filter(({ standing }) => standing.want !== undefined)
    .sort((a, b) => activeOf(a) - activeOf(b))
  if (!arm) return undefined
  const c = cAt(request.space, arm.standing.want!)
  return { type: 'start', kind: 'trial', values: { ...arm.values, [C]: c }, epochs }
}

function startFinal(state: StateOf<'largestC'>, arms: readonly Arm[]): Move | undefined {
  if (!arms.every(({ standing }) => standing.isOver)) return undefined
  if (state.trials.some(({ kind }) => kind === 'final')) return undefined
  const answers = arms.flatMap(({ standing: { answer }, trials }) =>
    answer === undefined ? [] : [trials.get(answer)!],
  )
  const candidates = answers.map(trial => ({ trial, metrics: currentRun(trial).metrics }))
  const [winner] = rankTrials(state, candidates, goalsOf(state.request))
  return winner && { type: 'start', kind: 'final', values: winner.values }
}

function armSpace(space: Space): Space {
  return omitFields(space, [C]) as Space
}

function spaceMistakes(space: Space): Mistake[] {
  const c = space[C]
  return [
    ...(c && 'log' in c
      ? []
      : [{ path: `space.${C}`, message: 'must be a range for largestC, such as { "log": [0.0005, 0.05] }' }]),
    ...rangePaths(armSpace(space)).map(path => ({
      path: `space.${path}`,
      message: `must be a list of choices: largestC searches a range of ${C} only`,
    })),
    ...['epochs', 'target']
      .filter(field => Object.keys(space).some(path => path.split('.')[0] === field))
      .map(field => ({ path: `space.${field}`, message: 'cannot be searched by largestC' })),
  ]
}

function optimizerMistakes({ base }: RequestOf<'largestC'>): Mistake[] {
  const name = getPath(withPresetField(base, 'optimizer'), 'optimizer.name')
  return [
    ...(name === 'grda'
      ? []
      : [{ path: 'base.optimizer.name', message: 'must be grda: largestC searches its c' }]),
    ...('target' in base ? [{ path: 'base.target', message: 'cannot be given: largestC sets c' }] : []),
  ]
}

function objectiveMistakes({ objective }: RequestOf<'largestC'>): Mistake[] {
  if (!objective?.subjectTo) return []
  const message = 'cannot be given for largestC: its constraint is `search.tolerance`'
  return [{ path: 'objective.subjectTo', message }]
}
