import { execFileSync } from 'node:child_process'

/** Process ids of the runners below a service, found by the command line that operators are promised. */
export function runnersOf(servicePid: number): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n')
  const processes = rows
    .map(row => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row)!)
    .map(([, pid, parent, args]) => ({
      pid: Number(pid),
      parent: Number(parent),
      args: args!,
    }))
  const below = (pid: number): typeof processes =>
    processes.filter(({ parent }) => parent === pid).flatMap(child => [child, ...below(child.pid)])
  return below(servicePid)
    .filter(({ args }) => args.includes('workers/runner'))
    .map(({ pid }) => pid)
}
