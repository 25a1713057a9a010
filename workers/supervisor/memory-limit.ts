import { totalmem } from 'node:os'

const RESERVED_SHARE = 0.2
const MOST_RESERVED_BYTES = 2e9

/**
 * The most memory that a runner may hold: what the operator has set, or else the memory of the machine or container less a reserve
 * for the other processes.
 */
export function memoryLimit(configuredBytes: number | undefined): number {
  if (configuredBytes !== undefined) return configuredBytes
  // constrainedMemory is 0 without a control group, and far above the machine's memory without a limit.
  const total = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)
  return Math.round(total - Math.min(MOST_RESERVED_BYTES, RESERVED_SHARE * total))
}
