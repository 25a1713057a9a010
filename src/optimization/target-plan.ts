/** The share of a job with a target that trains before the cut: docs/targets.md has the measurements. */
const PRUNING_SHARE = 0.6

/** The epochs of a job with a target that train before the cut; the others train the weights that are left. */
export function pruningEpochs(epochs: number): number {
  return Math.max(1, Math.min(epochs - 1, Math.round(PRUNING_SHARE * epochs)))
}

/**
 * The sparsity that the threshold is steered to before the cut: about three times as many non-zero weights as the cut leaves. A higher one
 * loses weights that the network would keep, a lower one trains on weights that the cut removes (docs/targets.md).
 */
export function pruningSparsity(sparsity: number): number {
  return sparsity ** 3
}
