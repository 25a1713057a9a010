import type { Topology } from './topology.ts'

/** Whether a network normalizes by statistics of batches, which its weights determine. */
export function hasBatchStatistics({ layers }: Topology): boolean {
  return layers.some(({ type }) => type === 'batchNormalization')
}
