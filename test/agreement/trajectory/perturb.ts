import { randomStream } from '#network/random.ts'
import type { Start } from './trajectory.ts'

/** The same weights with each, at random, a float32 up or down: as little as any rounding could change them. */
export function nudge({ params, ...others }: Start): Start {
  const random = randomStream(1, 'nudge')
  const nudged = params!.map(weight => ({ ...weight, data: weight.data.slice() }))
  for (const { data } of nudged) {
    const bits = new Int32Array(data.buffer)
    // The neighbours of a float have the integers beside its own; zeros stay, as nothing rounds to beside them.
    for (let i = 0; i < bits.length; i++) if (data[i] !== 0) bits[i]! += random.next() < 0.5 ? 1 : -1
  }
  return { params: nudged, ...others }
}
