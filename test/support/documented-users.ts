import { readFileSync } from 'node:fs'

/** The lines of an ACL file that docs/redis.md gives for a kind of server, with a password. */
export function documentedUser(kind: 'server' | 'cluster' | 'sentinel', password: string): string {
  const lines = readFileSync('docs/redis.md', 'utf8').match(/^ {4}user thresher .*$/gm) ?? []
  const line = lines.find(text =>
    kind === 'cluster'
      ? text.includes('+cluster|')
      : kind === 'sentinel'
        ? text.includes('+sentinel|')
        : true,
  )!
  return line.trim().replace('PASSWORD', password)
}
