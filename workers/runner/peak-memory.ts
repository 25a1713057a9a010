import { readFileSync, writeFileSync } from 'node:fs'

/** Resets the peak of resident memory to the current use (proc(5), /proc/pid/clear_refs). */
const RESET_PEAK = '5'

/** The most memory that this process has held since the last reset, or since its start. */
export function peakMemory(): number {
  // On Linux, ru_maxrss also contains what the supervisor held when it forked this process.
  return readPeak() ?? process.resourceUsage().maxRSS * 1024
}

/** Starts a new measurement of the peak. @returns false if the kernel does not support that */
export function resetPeakMemory(): boolean {
  try {
    writeFileSync('/proc/self/clear_refs', RESET_PEAK)
    return readPeak() !== undefined
  } catch {
    return false
  }
}

function readPeak(): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
  } catch {
    return undefined
  }
}
