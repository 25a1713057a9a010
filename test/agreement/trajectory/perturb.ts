import { randomStream } from '#network/random.ts'
import type { InitialValues } from './trajectory.ts'

/** Moves each parameter to the next float32 above or below, at random: the smallest change that rounding can make. */
export function perturb({ params, ...others }: InitialValues): InitialValues {
  // The label is part of the seed, so results.md depends on it.
  const random = randomStream(1, 'nudge')
  const perturbed = params!.map(weight => ({ ...weight, data: weight.data.slice() }))
  for (const { data } of perturbed) {
    const bits = new Int32Array(data.buffer)
    // The bits of neighbouring floats are neighbouring integers. Zeros stay zero, because nothing rounds to their neighbours.
    for (let i = 0; i < bits.length; i++) if (data[i] !== 0) bits[i]! += random.next() < 0.5 ? 1 : -1
  }
  return { params: perturbed, ...others }
}
