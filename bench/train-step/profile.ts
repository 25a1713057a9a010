import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Answer, ourCommand } from './peer.ts'

/** As many as some calls make, where several share one. */
const STEPS = 9

/** Milliseconds of a step, and of it those in each kind of op: the longest first. */
export interface Profile {
  stepMs: number
  kinds: ReadonlyMap<string, number>
}

/** What oneDNN tells of its primitives with ONEDNN_VERBOSE, and ours of themselves. The telling takes time as well. */
export async function profileStep(folder: string): Promise<Profile> {
  const [command, ...args] = ourCommand(folder)
  const child = promisify(execFile)(command!, args, {
    env: { ...process.env, ONEDNN_VERBOSE: '1' },
    maxBuffer: 2 ** 28,
  })
  // The first steps also make the primitives.
  child.child.stdin!.end(`{"steps": 5}\n{"steps": ${STEPS}}\n`)
  const lines = (await child).stdout.split('\n')
  const [first, second] = lines.flatMap((line, index) => (line.startsWith('{"seconds"') ? [index] : []))
  const { seconds, ownMs = {} }: Answer = JSON.parse(lines[second!]!)
  const totals = new Map(
    Object.entries(ownMs).map(([op, ms]) => [op.replace('Thresher', 'our '), ms / STEPS]),
  )
  for (const line of lines.slice(first! + 1, second!)) {
    const fields = line.split(',')
    if (fields[0] !== 'onednn_verbose') continue
    const exec = fields.indexOf('exec')
    if (exec === -1) continue
    const [kind, direction] = [fields[exec + 2]!, fields[exec + 4]!]
    const name = direction === 'undef' ? kind : `${kind} ${direction.replaceAll('_', ' ')}`
    totals.set(name, (totals.get(name) ?? 0) + Number(fields.at(-1)) / STEPS)
  }
  return { stepMs: (1000 * seconds) / STEPS, kinds: new Map([...totals].sort((a, b) => b[1] - a[1])) }
}
