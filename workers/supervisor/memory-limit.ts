import { totalmem } from 'node:os'

const RESERVED_SHARE = 0.2
const MOST_RESERVED_BYTES = 2e9

/**
 * The most memory that a runner may hold: what the operator has set, or what the machine or the container has but for a reserve
 * for the processes around it.
 */
export function memoryLimit(configuredBytes: number | undefined): number {
  if (configuredBytes !== undefined) return configuredBytes
  // 0 where there is no control group, and far beyond the machine's where it has no limit.
  const total = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)
  return Math.round(total - Math.min(MOST_RESERVED_BYTES, RESERVED_SHARE * total))
}
