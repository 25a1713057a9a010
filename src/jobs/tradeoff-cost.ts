import { factsOf } from '#domain/dataset.ts'
import { lastOptimizer, totalEpochs } from '#domain/phases.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { epochLength } from '#forecast/epoch-length.ts'
import { hasBatchStatistics } from '#network/batch-statistics.ts'
import { resolveNetwork } from '#network/network.ts'
import { forwardFlops, stepFlops } from '#network/step-flops.ts'
import { parameterCount } from '#network/variables.ts'
import { thresholdOf } from '#optimization/optimizer-spec.ts'
import { RECALIBRATION_EXAMPLES } from '#optimization/tradeoff.ts'
import { levelsOf } from '#optimization/tradeoff-levels.ts'

/** A job measures its trade-off by default if that costs less than this share of its training. */
const CHEAP = 0.05

/**
 * The cost of compressing a parameter at one point, in floating-point operations of a forward pass that take as long: 0.12 us on two cores
 * that compute 1.3e11 operations per second, averaged over the points of mnist-mlp.
 */
const FLOPS_PER_COMPRESSED_PARAMETER = 15_000

/** Whether a job measures its trade-off if it does not say so. */
export function isTradeoffCheap(spec: TrainingSpec): boolean {
  return tradeoffShare(spec) < CHEAP
}

/** The estimated cost of the trade-off of a job as a share of the cost of its training, both in floating-point operations. */
export function tradeoffShare(spec: TrainingSpec): number {
  const network = resolveNetwork(topologyOf(spec.model))
  const { trainingExamples } = epochLength(spec)
  const isRecalibrated = hasBatchStatistics(network.topology)
  const examples = validationExamples(spec) + (isRecalibrated ? RECALIBRATION_EXAMPLES : 0)
  const compressed = parameterCount(network.topology) * FLOPS_PER_COMPRESSED_PARAMETER
  const point = examples * forwardFlops(network) + compressed
  const optimizer = lastOptimizer(spec)
  const curves = optimizer && thresholdOf(optimizer) ? 3 : 2
  const training = totalEpochs(spec) * trainingExamples * stepFlops(network)
  return (curves * levelsOf(0) * point) / training
}

function validationExamples({ dataset, validation }: TrainingSpec): number {
  const { train, test } = factsOf(dataset)!.splits
  return 'fraction' in validation ? Math.round(train * validation.fraction) : test
}
