import type { TrainingSpec } from '#domain/training-spec.ts'
import { type Checkpoint, digestWeights } from '#formats/checkpoint.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import type { TrainingRecord } from '#interchange/encode-artifact.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { resolveNetwork } from '#network/network.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import { randomStream } from '#network/random.ts'
import { PRESETS } from '#presets/preset-defaults.ts'
import { drawVariables } from '#workers/training/weights.ts'

/** The data of a job of the preset that stopped at its start, except for a threshold and changed statistics. */
export function recordOf(preset: keyof typeof PRESETS, l1: number): TrainingRecord {
  const { defaults } = PRESETS[preset]
  const topology = PRESET_TOPOLOGIES[preset]
  const { spec: resolved } = resolveSpec({ model: { preset: 'mnist-mlp' } })
  const spec: TrainingSpec = { ...resolved, ...defaults, model: { preset } }
  const { params: accumulator, statistics } = drawVariables(resolveNetwork(topology), 1)
  const random = randomStream(1, 'statistics', 1)
  const moved = statistics?.map(
    (statistic): FloatTensor => ({
      ...statistic,
      data: statistic.data.map(value => value + 0.3 * random.next()),
    }),
  )
  const limit = Math.fround(l1)
  const weights = accumulator!.map(v => ({
    ...v,
    data: v.data.map(value => (Math.abs(value) <= limit ? 0 : value - Math.sign(value) * limit)),
  }))
  const checkpoint: Checkpoint = {
    state: {
      clock: { step: 7, l1 },
      variables: { accumulator: accumulator!, ...(moved && { statistics: moved }) },
    },
    weights: digestWeights(weights),
    epoch: 1,
  }
  return { spec, series: [], checkpoint }
}
