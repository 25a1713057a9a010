/** The share of a job with a target that trains before the cut: docs/targets.md has the measurements. */
const PRUNING_SHARE = 0.6

/** The epochs of a job with a target that train before the cut; the others train the weights that are left. */
export function pruningEpochs(epochs: number): number {
  return Math.max(1, Math.min(epochs - 1, Math.round(PRUNING_SHARE * epochs)))
}

/** The scale of the threshold that a job with a target starts with, if it gives none. */
export function startingScale(): number {
  return 0.002
}
