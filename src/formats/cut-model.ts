import type { TrainingSpec } from '#domain/training-spec.ts'
import { isExcluded } from '#network/excluded-variables.ts'
import { resolveNetwork } from '#network/network.ts'
import type { Cut, CutRule, CutScope } from '#optimization/cut.ts'
import { thresholdOf } from '#optimization/optimizer-spec.ts'
import { cuttableByThreshold } from './cut-by-threshold.ts'
import {
  type CuttableModel,
  clamp,
  countNonzero,
  nonzeroIn,
  partsOf,
  sortedMagnitudes,
} from './cuttable-model.ts'
import { modelMetadata } from './model-metadata.ts'
import type { FloatTensor } from './named-tensor.ts'
import { sparseSizeBytes } from './sparse-safetensors.ts'
import type { TrainedModel } from './trained-model.ts'

/** Sorts the weights once, so that many cuts of one model are cheap. @throws Error for the threshold of a model without a dual average */
export function cuttableModel(
  model: TrainedModel,
  { rule, scope }: { rule: CutRule; scope: CutScope },
): CuttableModel {
  if (rule === 'threshold') return cuttableByThreshold(model)
  return scope === 'global' ? cuttableByMagnitude(model) : cuttableByLayer(model)
}

/**
 * The model after a cut to a sparsity, or to the most weights with which model.sparse.safetensors is small enough. A cut by magnitude cannot
 * bring weights back, so it may leave fewer.
 * @param fileSpec that of the job whose file has the size
 * @throws RangeError when even the smallest file is too large
 */
export function cutModel(model: TrainedModel, cut: Cut, fileSpec = model.spec): TrainedModel {
  const cuttable = cuttableModel(model, cut)
  return cuttable.cut(nonzeroFor(cuttable, cut, fileSpec))
}

/**
 * The same, except that a model with fewer weights gets them back from its accumulator, under a lower threshold: a target is met exactly.
 * @throws RangeError as `cutModel` does
 */
export function cutModelExactly(model: TrainedModel, cut: Cut): TrainedModel {
  const isShort = (cuttable: CuttableModel) => nonzeroFor(cuttable, cut, model.spec) >= cuttable.nonzero.max
  const needsMore = model.dualAverage && isShort(cuttableModel(model, cut))
  return cutModel(model, needsMore ? { ...cut, rule: 'threshold' } : cut)
}

function nonzeroFor(cuttable: CuttableModel, { sparsity, sizeBytes }: Cut, fileSpec: TrainingSpec): number {
  if (sizeBytes !== undefined) return nonzeroWithin(cuttable, sizeBytes, fileSpec)
  return nonzeroAt(sparsity!, cuttable.parameters)
}

/** The most non-zero weights with which model.sparse.safetensors has at most `sizeBytes`. @throws RangeError when none are few enough */
export function nonzeroWithin(
  { nonzero, cut }: CuttableModel,
  sizeBytes: number,
  fileSpec: TrainingSpec,
): number {
  const sizeAt = (count: number) => sparseModelSize({ ...cut(count), spec: fileSpec })
  let [low, high] = [nonzero.min, nonzero.max]
  const smallest = sizeAt(low)
  if (smallest > sizeBytes)
    throw new RangeError(`The smallest file has ${smallest} bytes, which is more than ${sizeBytes}.`)
  if (sizeAt(high) <= sizeBytes) return high
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (sizeAt(middle) <= sizeBytes) low = middle
    else high = middle
  }
  return low
}

/** The exact size of model.sparse.safetensors. */
export function sparseModelSize(model: TrainedModel): number {
  return sparseSizeBytes([...model.weights, ...model.statistics], modelMetadata(model))
}

/** The threshold with which the accumulator has this many weights. */
export function thresholdFor(model: TrainedModel, nonzero: number): number {
  return cuttableModel(model, { rule: 'threshold', scope: 'global' }).cut(nonzero).dualAverage!.l1
}

/** The number of non-zero weights of a model with `parameters` at a sparsity: at least this share is zero. */
export function nonzeroAt(sparsity: number, parameters: number): number {
  // 1 - 0.9 is slightly less than 0.1, which must not cost a weight.
  return Math.floor(parameters * (1 - sparsity) + 1e-6)
}

/** w where |w| is among the largest of all variables that the threshold applies to. */
function cuttableByMagnitude(model: TrainedModel): CuttableModel {
  const { weights, cuttable, fixed, parameters } = partsOf(model)
  const sorted = sortedMagnitudes(cuttable)
  const max = fixed + nonzeroIn(sorted)
  return {
    parameters,
    nonzero: { min: fixed, max },
    cut(nonzero) {
      const keep = clamp(nonzero, fixed, max) - fixed
      const cut = keepLargest(cuttable, sorted, keep)
      return { ...withoutDualAverage(model), weights: weights.map(weight => cut.get(weight) ?? weight) }
    },
  }
}

/** The same within each kernel, whose share of non-zero weights is as equal as its own zeros allow. */
function cuttableByLayer(model: TrainedModel): CuttableModel {
  const { weights, parameters } = partsOf(model)
  const { variables } = resolveNetwork(model.topology)
  const exclude = thresholdOf(model.spec.optimizer)?.exclude ?? []
  const kernels = weights.flatMap((weight, index) => {
    const variable = variables[index]!
    if (variable.kind !== 'kernel' || isExcluded(variable, exclude)) return []
    const sorted = sortedMagnitudes([weight])
    return [{ weight, sorted, size: sorted.length, nonzero: nonzeroIn(sorted) }]
  })
  const own = kernels.reduce((sum, { nonzero }) => sum + nonzero, 0)
  const fixed = countNonzero(weights) - own
  return {
    parameters,
    nonzero: { min: fixed, max: fixed + own },
    cut(nonzero) {
      const counts = shareEqually(kernels, clamp(nonzero, fixed, fixed + own) - fixed)
      const cut = new Map(
        kernels.flatMap(({ weight, sorted }, index) => [...keepLargest([weight], sorted, counts[index]!)]),
      )
      return { ...withoutDualAverage(model), weights: weights.map(weight => cut.get(weight) ?? weight) }
    },
  }
}

function withoutDualAverage({ dualAverage: _, ...model }: TrainedModel): TrainedModel {
  return model
}

/** The tensors with their `keep` largest values by magnitude, and +0 elsewhere. @param sorted their magnitudes */
function keepLargest(
  tensors: readonly FloatTensor[],
  sorted: Float32Array,
  keep: number,
): Map<FloatTensor, FloatTensor> {
  const smallest = keep === 0 ? Number.POSITIVE_INFINITY : sorted[sorted.length - keep]!
  let ties = keep - countAbove(sorted, smallest)
  const isKept = (value: number) => {
    const magnitude = Math.abs(value)
    return magnitude > smallest || (magnitude === smallest && ties-- > 0)
  }
  return new Map(
    tensors.map(tensor => [
      tensor,
      { ...tensor, data: tensor.data.map(value => (isKept(value) ? value : 0)) },
    ]),
  )
}

/** The number of values above a limit. @param sorted ascending */
function countAbove(sorted: Float32Array, limit: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! > limit) high = middle
    else low = middle + 1
  }
  return sorted.length - low
}

/**
 * Splits a number of weights over the kernels so that each keeps the same share of its size, or all of its non-zero weights if it has
 * fewer.
 */
function shareEqually(kernels: readonly { size: number; nonzero: number }[], total: number): number[] {
  const countsAt = (share: number) =>
    kernels.map(({ size, nonzero }) => Math.min(nonzero, Math.floor(size * share)))
  const sumOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0)
  let [low, high] = [0, 1]
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2
    if (sumOf(countsAt(middle)) <= total) low = middle
    else high = middle
  }
  const counts = sumOf(countsAt(high)) <= total ? countsAt(high) : countsAt(low)
  let rest = total - sumOf(counts)
  for (const [index, { nonzero }] of kernels.entries()) {
    const more = Math.min(rest, 1, nonzero - counts[index]!)
    counts[index]! += more
    rest -= more
  }
  return counts
}
