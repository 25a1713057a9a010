import { readFileSync } from 'node:fs'

/** The processor time that a process has used, in seconds, without that of its children. */
export function processorSeconds(pid: number): number {
  const [utime, stime] = timesOf(pid)
  return utime + stime
}

/** The processor time of the descendants of a process, in seconds, including those that have ended. */
export function descendantSeconds(pid: number): number {
  const [, , cutime, cstime] = timesOf(pid)
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  return children
    .map(Number)
    .reduce((sum, child) => sum + processorSeconds(child) + descendantSeconds(child), cutime + cstime)
}

/** utime, stime, cutime and cstime of proc(5), which counts hundredths of a second, in seconds. */
function timesOf(pid: number): [number, number, number, number] {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  const [utime, stime, cutime, cstime] = fields.slice(11, 15).map(ticks => Number(ticks) / 100)
  return [utime!, stime!, cutime!, cstime!]
}

/** The resident memory of a process, in MiB. */
export function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024
}
