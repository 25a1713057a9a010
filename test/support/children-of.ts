import { execFileSync } from 'node:child_process'

/** Process ids of the children of a process that run a program, by its name. */
export function childrenOf(parent: number, program: string): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n')
  return rows
    .map(row => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row)!)
    .filter(([, , ppid, args]) => Number(ppid) === parent && args!.includes(program))
    .map(([, pid]) => Number(pid))
}
