import { totalmem } from 'node:os'

const RESERVED_SHARE = 0.2
const MOST_RESERVED_BYTES = 2e9

/**
 * The memory limit of a runner: the operator's setting, or else the memory of the machine or container less a reserve for the other
 * processes.
 */
export function memoryLimit(configuredBytes: number | undefined): number {
  if (configuredBytes !== undefined) return configuredBytes
  // constrainedMemory is 0 if there is no control group, and far above the machine's memory if there is no limit.
  const total = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)
  return Math.round(total - Math.min(MOST_RESERVED_BYTES, RESERVED_SHARE * total))
}
