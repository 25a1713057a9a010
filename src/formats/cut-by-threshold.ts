import { resolveNetwork } from '#network/network.ts'
import type { OutputChannels } from '#network/output-channels.ts'
import { type CuttableModel, clamp, nonzeroIn, partsOf, sortedMagnitudes } from './cuttable-model.ts'
import type { FloatTensor } from './named-tensor.ts'
import { groupsOf, rootMeanSquares, shrinkageAt } from './shrink-channels.ts'
import { penalise, type TrainedModel } from './trained-model.ts'

/**
 * The accumulator under another threshold: w = sign(v) max(|v| - l1, 0) (Chao et al., NeurIPS 2020, algorithm 1). If the model was trained
 * with a threshold for whole output channels, this one is too: then a cut may leave fewer weights than are asked for.
 * @throws Error for a model without a dual average
 */
export function cuttableByThreshold(model: TrainedModel): CuttableModel {
  const { dualAverage } = model
  if (!dualAverage) throw new Error('A model without a dual average has no threshold to move.')
  const { accumulator, shrinkage } = dualAverage
  const { cuttable, fixed, parameters } = partsOf({ ...model, weights: accumulator })
  const network = resolveNetwork(model.topology)
  const groups = shrinkage ? groupsOf(model.spec.optimizer, network) : []
  const roots = new Map(groups.map(group => [group, rootMeanSquares(group, accumulator)]))
  const sorted = sortedMagnitudes(lastThresholds(cuttable, roots))
  const max = fixed + nonzeroIn(sorted)
  return {
    parameters,
    nonzero: { min: fixed, max },
    cut(nonzero) {
      const keep = clamp(nonzero, fixed, max) - fixed
      const l1 = keep === sorted.length ? 0 : sorted[sorted.length - 1 - keep]!
      const moved = { accumulator, l1, ...(shrinkage && { shrinkage: sharesAt(roots, l1) }) }
      const weights = penalise(model.spec.optimizer, network, moved)
      return { ...model, weights, dualAverage: { ...dualAverage, ...moved } }
    },
  }
}

/** The threshold from which each weight is zero: the root mean square of its channel, or its own magnitude. */
function lastThresholds(
  cuttable: readonly FloatTensor[],
  roots: ReadonlyMap<OutputChannels, Float32Array>,
): FloatTensor[] {
  const byName = new Map(
    [...roots].flatMap(([{ members }, channels]) =>
      members.map(({ name, view: [, count, after] }) => {
        const rootAt = (i: number) => channels[Math.floor(i / after) % count]!
        return [name, rootAt] as const
      }),
    ),
  )
  return cuttable.map(v => {
    const rootAt = byName.get(v.name)
    return rootAt ? { ...v, data: v.data.map((value, i) => (value === 0 ? 0 : rootAt(i))) } : v
  })
}

function sharesAt(roots: ReadonlyMap<OutputChannels, Float32Array>, l1: number): FloatTensor[] {
  return [...roots].map(([{ kernel, channels }, rootsOfGroup]) => ({
    name: kernel,
    shape: [channels],
    dtype: 'F32',
    data: shrinkageAt(rootsOfGroup, l1),
  }))
}
