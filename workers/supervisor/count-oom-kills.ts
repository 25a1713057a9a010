import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * How many processes of this process's control group the kernel has killed because memory ran out; undefined if it cannot be read.
 * A runner is in the same group as its supervisor.
 */
export function countOomKills(): number | undefined {
  try {
    const groups = readFileSync('/proc/self/cgroup', 'utf8').split('\n')
    const counts = groups.map(readCount).filter(count => count !== undefined)
    return counts[0]
  } catch {
    return undefined
  }
}

/** @param group a line of /proc/self/cgroup: number, controllers, path; version 2 names no controllers */
function readCount(group: string): number | undefined {
  const [, controllers, path] = group.split(':')
  if (path === undefined || (controllers !== '' && controllers !== 'memory')) return undefined
  const [folder, file] = controllers === '' ? ['', 'memory.events'] : ['memory', 'memory.oom_control']
  // In a container the path may be the host's, while the group is mounted at the root.
  for (const place of [path, '/']) {
    try {
      const text = readFileSync(join('/sys/fs/cgroup', folder, place, file), 'utf8')
      const count = /^oom_kill (\d+)$/m.exec(text)?.[1]
      if (count !== undefined) return Number(count)
    } catch {}
  }
  return undefined
}
