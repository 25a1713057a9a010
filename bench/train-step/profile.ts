import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Timing, thresherCommand } from './peer.ts'

/** A whole number of calls, if one call makes several steps. */
const STEPS_OF_CALLS = 9

/** The duration of a step in milliseconds, and of each kind of op in it, longest first. */
export interface Profile {
  stepMs: number
  kinds: ReadonlyMap<string, number>
}

/**
 * Collects the times that oneDNN logs with ONEDNN_VERBOSE and that Thresher's own ops measure. The logging itself takes time too.
 * @param least the fewest steps
 */
export async function profileStep(folder: string, least: number): Promise<Profile> {
  const steps = STEPS_OF_CALLS * Math.ceil(least / STEPS_OF_CALLS)
  const [command, ...args] = thresherCommand(folder)
  const child = promisify(execFile)(command!, args, {
    env: { ...process.env, ONEDNN_VERBOSE: '1' },
    maxBuffer: 2 ** 28,
  })
  // The first steps also create oneDNN's primitives, and Node compiles what runs often.
  child.child.stdin!.end(`{"steps": ${steps}}\n{"steps": ${steps}}\n`)
  const lines = (await child).stdout.split('\n')
  const [first, second] = lines.flatMap((line, index) => (line.startsWith('{"seconds"') ? [index] : []))
  const { seconds, ownMs = {} }: Timing = JSON.parse(lines[second!]!)
  const totals = new Map(
    Object.entries(ownMs).map(([op, ms]) => [op.replace('Thresher', 'our '), ms / steps]),
  )
  for (const line of lines.slice(first! + 1, second!)) {
    const fields = line.split(',')
    if (fields[0] !== 'onednn_verbose') continue
    const exec = fields.indexOf('exec')
    if (exec === -1) continue
    const [kind, direction] = [fields[exec + 2]!, fields[exec + 4]!]
    const name = direction === 'undef' ? kind : `${kind} ${direction.replaceAll('_', ' ')}`
    totals.set(name, (totals.get(name) ?? 0) + Number(fields.at(-1)) / steps)
  }
  return { stepMs: (1000 * seconds) / steps, kinds: new Map([...totals].sort((a, b) => b[1] - a[1])) }
}
