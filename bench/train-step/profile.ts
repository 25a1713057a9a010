import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ourCommand } from './side.ts'

const STEPS = 3

/** Milliseconds of a step in each kind of oneDNN's primitives, as oneDNN itself tells with ONEDNN_VERBOSE. */
export async function profileStep(folder: string): Promise<Map<string, number>> {
  const [command, ...args] = ourCommand(folder)
  const child = promisify(execFile)(command!, args, {
    env: { ...process.env, ONEDNN_VERBOSE: '1' },
    maxBuffer: 2 ** 28,
  })
  // The first steps also make the primitives.
  child.child.stdin!.end(`{"steps": 2}\n{"steps": ${STEPS}}\n`)
  const { stdout } = await child
  const answers = stdout.split('\n').flatMap((line, index) => (line.startsWith('{"seconds"') ? [index] : []))
  const measured = stdout.split('\n').slice(answers[0]! + 1, answers[1]!)
  const totals = new Map<string, number>()
  for (const line of measured) {
    const fields = line.split(',')
    if (fields[0] !== 'onednn_verbose') continue
    const exec = fields.indexOf('exec')
    if (exec === -1) continue
    const [kind, direction] = [fields[exec + 2]!, fields[exec + 4]!]
    const name = direction === 'undef' ? kind : `${kind} ${direction.replaceAll('_', ' ')}`
    totals.set(name, (totals.get(name) ?? 0) + Number(fields.at(-1)) / STEPS)
  }
  return new Map([...totals].sort((a, b) => b[1] - a[1]))
}
