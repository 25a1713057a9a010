import { drawPoint, spaceSize, type Values } from './space.ts'
import type { SweepState } from './sweep-state.ts'

/**
 * The next random point: the draw that has the number of the trial, and again where an earlier trial has that point.
 * @throws RangeError when every point is taken
 */
export function drawTrial({ request, trials }: Pick<SweepState, 'request' | 'trials'>, seed: number): Values {
  const drawn = trials.filter(({ kind }) => kind === 'trial')
  if (drawn.length >= spaceSize(request.space)) throw new RangeError('every point of the space is taken')
  const taken = new Set(drawn.map(({ values }) => JSON.stringify(values)))
  for (let attempt = 0; ; attempt++) {
    const values = drawPoint(request.space, seed, `${drawn.length}.${attempt}`)
    if (!taken.has(JSON.stringify(values))) return values
  }
}
