import type { ScheduleSpec } from '#optimization/schedule-spec.ts'
import type { RequestOf, Search } from './search.ts'
import { currentRun, isActive, type LearningRateAdvice } from './sweep-state.ts'

const RATE = 'optimizer.learningRate'
/** Share of the fall of the loss that counts as noise or as the slow end of the fall. */
const SLACK = 0.05
/** A loss of this many times the first epoch's means that the training has diverged. */
const DIVERGED = 2

/**
 * Learning-rate range test (Smith 2017, "Cyclical Learning Rates for Training Neural Networks", section 3.3): the rate grows by the
 * same factor after every epoch, over the range of optimizer.learningRate. gRDA is tested with c = 0, because its threshold grows with
 * the rate, and a rate that suits SGD suits gRDA.
 */
export const LR_RANGE: Search<'lrRange'> = {
  mistakes({ space, base, objective }) {
    const range = space[RATE]
    const others = Object.keys(space).filter(path => path !== RATE)
    return [
      ...(range && 'log' in range
        ? []
        : [
            { path: `space.${RATE}`, message: 'must be a range for lrRange, such as { "log": [0.0001, 1] }' },
          ]),
      ...others.map(path => ({
        path: `space.${path}`,
        message: `cannot be searched by lrRange, only ${RATE} can`,
      })),
      ...('schedule' in base
        ? [{ path: 'base.schedule', message: 'cannot be given: lrRange sets the schedule' }]
        : []),
      ...(objective
        ? [{ path: 'objective', message: 'cannot be given: lrRange reads the training loss' }]
        : []),
    ]
  },

  mostTrials: () => 1,

  next({ request, trials }) {
    const test = trials[0]
    if (!test) {
      const { epochs } = request.search
      return { type: 'start', kind: 'rangeTest', values: testValues(request), epochs }
    }
    const losses = (test.curve ?? []).map(({ trainLoss }) => trainLoss ?? Number.POSITIVE_INFINITY)
    const isLost = losses.some(loss => loss > DIVERGED * losses[0]!)
    if (!isLost || !isActive(test) || currentRun(test).stoppedBy) return undefined
    return { type: 'stop', trial: test.id }
  },

  result({ request, trials }) {
    const losses = (trials[0]?.curve ?? []).flatMap(({ epoch, trainLoss }) =>
      trainLoss === undefined ? [] : [[epoch, trainLoss] as const],
    )
    const learningRate = advise(request, losses)
    return { best: null, front: [], ...(learningRate && { learningRate }) }
  },
}

function growth({ search, space }: RequestOf<'lrRange'>): { from: number; factor: number } {
  const [from, to] = (space[RATE] as { log: [number, number] }).log
  return { from, factor: (to / from) ** (1 / (search.epochs - 1)) }
}

function testValues(request: RequestOf<'lrRange'>) {
  const { from, factor } = growth(request)
  const schedule: ScheduleSpec = { name: 'exponential', factor, per: 'epoch' }
  return { [RATE]: from, schedule }
}

/**
 * The largest rate that converges is the last one whose loss is still near the lowest. Half of it is recommended: the best rate is
 * usually within a factor of two of it (Smith 2017, section 3.3, after Bengio 2012).
 * @param losses training loss by epoch
 * @returns none where the loss did not fall, so that every rate of the range is too large or too small
 */
function advise(
  request: RequestOf<'lrRange'>,
  losses: readonly (readonly [number, number])[],
): LearningRateAdvice | undefined {
  const first = losses[0]?.[1]
  if (first === undefined) return undefined
  const lowest = Math.min(...losses.map(([, loss]) => loss))
  const last = losses.findLast(([, loss]) => loss <= lowest + SLACK * (first - lowest))!
  if (!(lowest < first)) return undefined
  const { from, factor } = growth(request)
  const largest = from * factor ** (last[0] - 1)
  return { recommended: largest / 2, largest, isAtEndOfRange: last[0] === request.search.epochs }
}
