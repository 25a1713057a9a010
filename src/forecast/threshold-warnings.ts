import type { Warning } from '#domain/event.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { thresholdOf } from '#optimization/optimizer-spec.ts'
import type { ThresholdRule } from '#optimization/threshold.ts'
import { approximateThreshold } from './threshold-by-epoch.ts'
import { drawnWeights, magnitudeWithin, totalWithin } from './weight-distribution.ts'

/** Below this share of the initial weights within the last threshold, almost nothing is pruned. */
const SMALLEST_SHARE = 0.01
/** A threshold above nearly all initial weights is useful if weights can grow with it; these are nearly all. */
const LARGEST_SHARE = 0.9999
/** With a last threshold this many times larger than nearly all initial weights, trainings of mnist-mlp extrapolate to 0.1 % non-zeros. */
const FURTHEST = 20

/**
 * Warns of a threshold that prunes almost nothing, or almost everything. Its growth depends on the learning rate and the number of steps,
 * l1 = c sqrt(lr) t^mu, so no range of c or mu is right by itself; what matters is its size beside that of the initial weights.
 */
export function thresholdWarnings(spec: TrainingSpec, init: unknown): Warning[] {
  const rule = thresholdOf(spec.optimizer)
  // A target chooses the scale itself.
  if (!rule || spec.target) return []
  if (rule.c === 0) {
    const message = 'c = 0 means no threshold: this is plain SGD and prunes nothing.'
    return [{ code: 'plain_sgd', path: 'optimizer.c', message }]
  }
  // The weights of a checkpoint are not known here; a dry run forecasts them.
  if (init !== undefined) return []
  const message = outsideRecommended(spec, rule)
  return message === undefined ? [] : [{ code: 'outside_recommended', path: 'optimizer.c', message }]
}

/** Undefined if nothing is known against the threshold. */
function outsideRecommended(spec: TrainingSpec, rule: ThresholdRule): string | undefined {
  const weights = drawnWeights(topologyOf(spec.model), spec.optimizer)
  const shareAt = (l1: number) => totalWithin(weights, l1)
  const thresholdAfter = (epochs: number) => approximateThreshold(spec, epochs).l1
  const [zeros, first, last] = [shareAt(0), thresholdAfter(1), thresholdAfter(spec.epochs)]
  const share = shareAt(last)
  const isTooSmall = share - zeros < SMALLEST_SHARE
  const tooSmall = `The threshold reaches ${show(last)} at the last step. Only ${percent(share)} of the initial weights are within it, so about that share of the weights at most will be zero.`
  // The channels of a layer are similar, so they vanish at almost the same scale, and trained ones may be much larger: no range is known.
  if (rule.group) return isTooSmall ? tooSmall : undefined
  const isTooFast = shareAt(first) > LARGEST_SHARE
  if (!isTooSmall && !isTooFast && shareAt(last / FURTHEST) <= LARGEST_SHARE) return undefined
  const largest = magnitudeWithin(weights, LARGEST_SHARE)
  const least = rule.c * (magnitudeWithin(weights, Math.min(1, zeros + 0.1)) / last)
  const most = rule.c * Math.min(largest / first, (FURTHEST * largest) / last)
  const range = `A c from ${show(least, Math.ceil)} to ${show(most, Math.floor)} is in the range for this learning rate and number of steps.`
  if (isTooSmall) return `${tooSmall} ${range}`
  if (isTooFast)
    return `The threshold grows to ${show(first)} in the first epoch, above ${percent(LARGEST_SHARE)} of the initial weights (${show(largest)}): nearly all weights become zero before the network has learned. ${range}`
  return `The threshold reaches ${show(last)} at the last step, more than ${FURTHEST} times the largest initial weights (${show(largest)}): more than 99.9 % of the weights will be zero. ${range}`
}

/** Two significant digits. */
function show(value: number, round = Math.round): string {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1)
  return String(Number((round(value / unit) * unit).toPrecision(2)))
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(share > 0.99 ? 4 : 2))} %`
}
