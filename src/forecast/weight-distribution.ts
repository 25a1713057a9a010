import { startsFromUpload } from '#domain/init-spec.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { decodeCheckpoint } from '#formats/checkpoint.ts'
import { groupsOf } from '#formats/shrink-channels.ts'
import { weightsOf } from '#formats/trained-model.ts'
import { isExcluded } from '#network/excluded-variables.ts'
import { shareWithin } from '#network/initializers.ts'
import { resolveNetwork } from '#network/network.ts'
import type { Topology } from '#network/topology.ts'
import { variablesOf } from '#network/variables.ts'
import { type OptimizerSpec, thresholdOf } from '#optimization/optimizer-spec.ts'
import { channelsWithin } from './channel-distribution.ts'
import { type Magnitudes, sharesAfterCut, sharesOf } from './cut-magnitudes.ts'

/** How large the values of each variable are before the first step, in model order. */
export type WeightDistribution = readonly {
  size: number
  /**
   * The share of the values that a threshold sets to zero: those in [-l1, l1], or in channels within it; of an excluded variable, those that
   * are zero.
   */
  shareWithin: (l1: number) => number
}[]

/** Of weights that are drawn by their initializers, for the threshold of an optimizer. */
export function drawnWeights(topology: Topology, optimizer: OptimizerSpec): WeightDistribution {
  const network = resolveNetwork(topology)
  const exclude = thresholdOf(optimizer)?.exclude ?? []
  const grouped = new Map(
    groupsOf(optimizer, network).flatMap(group => {
      const within = channelsWithin(group, network.variables)
      return group.members.map(({ name }) => [name, within] as const)
    }),
  )
  return network.variables.map(variable => {
    const excluded = isExcluded(variable, exclude)
    const within = grouped.get(variable.name)
    if (within) return { size: variable.size, shareWithin: within }
    return { size: variable.size, shareWithin: l1 => shareWithin(variable, excluded ? 0 : l1) }
  })
}

/**
 * Of the checkpoint that a job starts from, one variable at a time, after the cut of `init.prune`. With the state of the optimizer these are
 * the values of its accumulator; without it, weights that an accumulator determines are its values less the threshold that they were trained
 * with. Undefined where whole channels vanish, which no distribution of single values describes.
 */
export function* checkpointWeights(
  spec: TrainingSpec,
  file: Uint8Array,
): Generator<void, WeightDistribution | undefined> {
  const { checkpoint, provenance } = decodeCheckpoint(file)
  const { params, accumulator, shrinkage } = checkpoint.state.variables
  const { optimizerState: continues, prune } = spec.init!
  if (thresholdOf(spec.optimizer)?.group || (shrinkage && prune?.rule === 'threshold')) return undefined
  const source = startsFromUpload(spec.init!) ? spec : (JSON.parse(provenance.training) as TrainingSpec)
  const restored = shrinkage && weightsOf(source, checkpoint, resolveNetwork(topologyOf(spec.model)))
  const tensors = (continues ? accumulator : undefined) ?? params ?? restored ?? accumulator ?? []
  const isTrained = tensors === accumulator && !continues
  const before = excludedBy(source)
  const magnitudes: Magnitudes[] = []
  for (const variable of variablesOf(topologyOf(spec.model))) {
    const { data } = tensors.find(({ name }) => name === variable.name)!
    const isFixed = isExcluded(variable, before)
    const offset = isTrained && !isFixed ? (checkpoint.state.clock.l1 ?? 0) : 0
    magnitudes.push({ variable, isFixed, stored: shareOfMagnitudes(data), offset })
    yield
  }
  const start = prune ? sharesAfterCut(magnitudes, source, prune) : sharesOf(magnitudes)
  const exclude = excludedBy(spec)
  return magnitudes.map(({ variable }, index) => {
    const isNeverCut = isExcluded(variable, exclude)
    const shareAt = start[index]!
    return { size: variable.size, shareWithin: l1 => shareAt(isNeverCut ? 0 : l1) }
  })
}

function excludedBy({ optimizer }: Pick<TrainingSpec, 'optimizer'>): readonly string[] {
  return thresholdOf(optimizer)?.exclude ?? []
}

/** P(|w| <= l1) over all parameters. */
export function totalWithin(weights: WeightDistribution, l1: number): number {
  const size = weights.reduce((sum, variable) => sum + variable.size, 0)
  return weights.reduce((sum, variable) => sum + variable.size * variable.shareWithin(l1), 0) / size
}

/** The smallest magnitude that a share of the parameters does not exceed. */
export function magnitudeWithin(weights: WeightDistribution, share: number): number {
  let [low, high] = [1e-9, 1e9]
  for (let round = 0; round < 60; round++) {
    const middle = Math.sqrt(low * high)
    if (totalWithin(weights, middle) < share) low = middle
    else high = middle
  }
  return high
}

const BINS = 2 ** 15

/** Numbers of values with at most each magnitude. A bin has the exponent and 7 bits of the fraction, so sorting is not needed. */
function countMagnitudes(values: Float32Array): Uint32Array {
  const counts = new Uint32Array(BINS)
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  for (const value of bits) counts[(value << 1) >>> 17]!++
  for (let bin = 1; bin < BINS; bin++) counts[bin]! += counts[bin - 1]!
  return counts
}

/** The share of the values with at most a magnitude, as if those of a bin were spread evenly over it. */
function shareOfMagnitudes(values: Float32Array): (magnitude: number) => number {
  const counts = countMagnitudes(values)
  return magnitude => {
    const bits = (new Uint32Array(Float32Array.of(magnitude).buffer)[0]! << 1) >>> 0
    const bin = bits >>> 17
    if (bin === 0) return counts[0]! / values.length
    const [below, within] = [counts[bin - 1]!, counts[bin]!]
    return (below + ((bits & 0x1ffff) / 2 ** 17) * (within - below)) / values.length
  }
}
