import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'

// Where TensorFlow puts each op of a training step, read from the graph that its placer has made:
//   npm run bench -- placement [--preset mnist-lenet] [--device gpu]
// With --device gpu it fails if an op that computes is anywhere else.

/** Ops that hold or move what lives on the host: constants, what is fed, and what is fetched. */
const HOST_OPS = new Set(['Const', 'Placeholder', '_Arg', '_Retval', 'VarHandleOp', 'NoOp'])

const { values } = parseArgs({
  options: { preset: { type: 'string', default: 'mnist-lenet' }, device: { type: 'string', default: 'cpu' } },
})
const folder = await mkdtemp(join(tmpdir(), 'thresher-placement-'))
const env = { ...process.env, TF_CPP_VMODULE: 'placer=3', TF_DUMP_GRAPH_PREFIX: folder }
const step = fileURLToPath(new URL('./placement/one-step.ts', import.meta.url))
await promisify(execFile)(process.execPath, ['--import', 'tsx', step, values.preset], { env })
const file = (await readdir(folder)).find(name => name.startsWith('placer_output'))
if (!file) throw new Error('TensorFlow wrote no graph: this build of it does not log its placer.')
const nodes = parseNodes(await readFile(join(folder, file), 'utf8'))
await rm(folder, { recursive: true })

console.table(countByDevice(nodes))
const elsewhere = nodes.filter(
  ({ op, device }) => !HOST_OPS.has(op) && !device.toLowerCase().includes(`device:${values.device}`),
)
if (elsewhere.length > 0) {
  console.error(`Not on the ${values.device}: ${[...new Set(elsewhere.map(({ op }) => op))].join(', ')}`)
  process.exitCode = 1
}

interface Placed {
  op: string
  device: string
}

/** The nodes of a GraphDef in protobuf's text format, as TensorFlow writes it. */
function parseNodes(text: string): Placed[] {
  return text
    .split(/^node \{$/m)
    .slice(1)
    .map(node => ({
      op: /^ {2}op: "(.*)"$/m.exec(node)?.[1] ?? '',
      device: /^ {2}device: "(.*)"$/m.exec(node)?.[1] ?? '',
    }))
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
