import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import type { SessionCall } from './placement/few-steps.ts'
import {
  computedOf,
  copiedBack,
  fedFromDevice,
  isOfHost,
  type Placed,
  parseNodes,
} from './placement/placed-graph.ts'

// The device on which TensorFlow places each op of a training step, read from its placer's graph, and the tensors that a step moves between
// host and device: npm run bench -- placement [--preset mnist-lenet] [--device gpu] [--read-every 32] Fails if an op that computes is on
// another device, if a step copies a value that a GPU computed back to the host, or if it fetches one although outcomes are not read at
// each step (1). All but the first can be checked without a GPU.

const { values } = parseArgs({
  options: {
    preset: { type: 'string', default: 'mnist-lenet' },
    device: { type: 'string', default: 'cpu' },
    'read-every': { type: 'string', default: '32' },
  },
})
const { calls, nodes } = await watchSteps()
console.table(countByDevice(nodes))
for (const line of new Set(calls.map(describe))) console.log(line)
const elsewhere = nodes.filter(
  node => !isOfHost(node) && !node.device.toLowerCase().includes(`device:${values.device}`),
)
expectNone(
  `Not on the ${values.device}`,
  elsewhere.map(({ op }) => op),
)
expectNone(
  'Copied back to the host',
  copiedBack(nodes).map(({ name }) => name),
)
expectNone(
  'Copied back to be fed',
  calls.flatMap(({ fedBytes }) => fedFromDevice(nodes, Object.keys(fedBytes))),
)
if (values['read-every'] !== '1')
  expectNone(
    'Fetched from the device',
    calls.flatMap(({ fetched }) => computedOf(nodes, fetched)),
  )

function describe({ steps, fedBytes, fetched }: SessionCall): string {
  const fed = Object.entries(fedBytes).map(([name, bytes]) => `${name} (${bytes / steps} bytes per step)`)
  return `Calls with steps: ${steps}; feeds ${fed.join(', ')}; fetches ${fetched.join(', ')}`
}

function expectNone(what: string, found: readonly string[]): void {
  if (found.length === 0) return
  console.error(`${what}: ${[...new Set(found)].join(', ')}`)
  process.exitCode = 1
}

/** Runs the steps in a separate process, because TensorFlow reads its options while it loads. */
async function watchSteps(): Promise<{ calls: SessionCall[]; nodes: Placed[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'thresher-placement-'))
  const env = { ...process.env, TF_CPP_VMODULE: 'placer=3', TF_DUMP_GRAPH_PREFIX: folder }
  const child = fileURLToPath(new URL('./placement/few-steps.ts', import.meta.url))
  const args = ['--import', 'tsx', child, values.preset, values['read-every']]
  const { stdout } = await promisify(execFile)(process.execPath, args, { env })
  const file = (await readdir(folder)).find(name => name.startsWith('placer_output'))
  if (!file) throw new Error('TensorFlow wrote no graph: this build does not log its placer.')
  const text = await readFile(join(folder, file), 'utf8')
  await rm(folder, { recursive: true })
  return { calls: JSON.parse(stdout), nodes: parseNodes(text) }
}

function countByDevice(placed: readonly Placed[]): Record<string, Record<string, number>> {
  const table: Record<string, Record<string, number>> = {}
  for (const { op, device } of placed) {
    const short = device.split('/').at(-1)!
    table[op] ??= {}
    table[op]![short] = (table[op]![short] ?? 0) + 1
  }
  return table
}
