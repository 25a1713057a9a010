import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { pythonWith } from '#scripts/python-with.ts'
import { writeSection } from '#test/support/write-section.ts'
import { keep, readKept } from './train-step/kept.ts'
import { type Peer, pythonCommand, startPeer, type Timing, thresherCommand } from './train-step/peer.ts'
import { profileStep } from './train-step/profile.ts'
import type { Rates } from './train-step/rates.ts'
import {
  describeAgreement,
  describeProfile,
  describeRatios,
  describeThresher,
  type Measured,
  type Pair,
  stepMs,
} from './train-step/report.ts'
import {
  augmentationOf,
  parameterCount,
  titleOf,
  usesDropout,
  WORKLOADS,
  type Workload,
  writeWorkload,
} from './train-step/workloads.ts'
import { VECTORS } from './vectors.ts'

// One training step of gRDA in Thresher, PyTorch (eager and torch.compile), TensorFlow (tf.function and XLA) and JAX, on the same cores, data
// and weights, alternating in one run:
//   npm run bench -- train-step [--workload mnist-mlp ...] [--rounds 15] [--pairs 40] [--without JAX ...] [--device gpu] [--dry]
// Workloads that a run leaves out are reported as an earlier run measured them. The peers are installed into separate environments (PyTorch takes some gigabytes). Compiling their steps takes minutes. --device gpu measures Thresher
// only, and fails if it does not run on a GPU. --dry writes no results.

const { values: options } = parseArgs({
  options: {
    workload: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '15' },
    /** More than the rounds, because the cost of gRDA is smaller than the variation of a machine's speed. */
    pairs: { type: 'string', default: '40' },
    without: { type: 'string', multiple: true, default: [] },
    device: { type: 'string', default: 'cpu' },
    dry: { type: 'boolean', default: false },
  },
})
const FIRST_LOSSES = 3
type Command = (folder: string) => string[]

const COMMANDS: Record<string, Command> = {
  Thresher: folder => thresherCommand(folder),
  'Thresher, augmented': folder => thresherCommand(folder, 'augmented'),
  ...(options.device === 'cpu' && (await pythonPeers())),
}

const home = await mkdtemp(join(tmpdir(), 'thresher-bench-'))
const chosen = WORKLOADS.filter(({ preset }) => options.workload?.includes(preset) ?? true)
for (const workload of chosen) {
  const measured = await measure(workload, join(home, titleOf(workload)))
  await keep(options.device, measured)
}
await rm(home, { recursive: true, force: true })
const all: Measured[] = []
for (const workload of WORKLOADS) {
  const kept = await readKept(options.device, workload)
  if (kept) all.push(kept)
}
const rounds = all.map(({ rounds }) => rounds.Thresher!.length)
const sections = [
  `\`npm run bench -- train-step\`: medians over ${Math.min(...rounds)} to ${Math.max(...rounds)} alternating rounds, of the times and of the ratios within each round.`,
  describeRatios(all),
  describeThresher(all, await measureRates()),
  describeProfile(all),
  describeAgreement(all),
].join('\n\n')
if (options.dry) console.log(sections)
else
  await writeSection(
    options.device === 'gpu'
      ? 'A training step on a GPU'
      : `A training step with ${VECTORS}, against PyTorch, TensorFlow and JAX`,
    sections,
  )

async function measure(workload: Workload, folder: string): Promise<Measured> {
  await writeWorkload(workload, folder, true)
  const peers = await startPeers(workload, folder)
  const rounds: Record<string, Timing[]> = Object.fromEntries(Object.keys(peers).map(name => [name, []]))
  const first: Record<string, number[]> = {}
  for (const [name, peer] of Object.entries(peers)) first[name] = (await peer.run(FIRST_LOSSES)).losses
  const order = Object.entries(peers)
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [name, peer] of order) rounds[name]!.push(await peer.run(workload.steps))
    // Caches and memory are those that the peer before has left, so no peer always follows the same one.
    order.reverse()
  }
  for (const peer of Object.values(peers)) await peer.end()
  const pairs = await runPairs(workload, folder)
  const losses = usesDropout(workload) ? await lossesWithoutDropout(workload, `${folder} exact`) : first
  const measured = {
    workload,
    versions: Object.fromEntries(Object.entries(peers).map(([name, { version }]) => [name, version])),
    rounds,
    pairs,
    disagreement: Object.fromEntries(
      Object.entries(losses).map(([name, values]) => [name, largestDifference(values, losses.Thresher!)]),
    ),
    profile: await profileStep(folder, workload.steps),
  }
  const summary = Object.keys(rounds).map(name => `${name} ${stepMs(measured, name).toFixed(2)}`)
  console.log(`${titleOf(workload)}: ${summary.join(', ')} ms`)
  return measured
}

async function pythonPeers(): Promise<Record<string, Command>> {
  const torch = await pythonWith(['torch==2.15.0', 'numpy==2.4.6', 'safetensors==0.8.0'])
  const tensorflow = await pythonWith(['tensorflow-cpu==2.21.0', 'safetensors==0.8.0'])
  const jax = await pythonWith(['jax==0.10.2', 'safetensors==0.8.0'])
  return {
    'PyTorch, original': folder => pythonCommand(torch, 'torch_step.py', folder, 'original'),
    'PyTorch, foreach': folder => pythonCommand(torch, 'torch_step.py', folder, 'foreach'),
    'PyTorch, inductor': folder => pythonCommand(torch, 'torch_step.py', folder, 'inductor'),
    TensorFlow: folder => pythonCommand(tensorflow, 'tensorflow_step.py', folder, 'function'),
    'TensorFlow, XLA': folder => pythonCommand(tensorflow, 'tensorflow_step.py', folder, 'xla'),
    JAX: folder => pythonCommand(jax, 'jax_step.py', folder),
  }
}

async function startPeers(workload: Workload, folder: string): Promise<Record<string, Peer>> {
  const peers: Record<string, Peer> = {}
  for (const [name, command] of Object.entries(COMMANDS)) {
    if (name === 'Thresher, augmented' && augmentationOf(workload).length === 0) continue
    if (options.without.includes(name)) continue
    peers[name] = await startPeer(command(folder))
  }
  if (options.device === 'gpu' && peers.Thresher?.version.endsWith(', cpu'))
    throw new Error('TensorFlow found no GPU. THRESHER_DEVICE=cuda npm run setup installs a library for one.')
  return peers
}

/** Runs gRDA and SGD alternately. Each is first equally often. */
async function runPairs({ steps }: Workload, folder: string): Promise<Pair[]> {
  const grda = await startPeer(thresherCommand(folder))
  const sgd = await startPeer(thresherCommand(folder, 'sgd'))
  for (const peer of [grda, sgd]) await peer.run(FIRST_LOSSES)
  const pairs: Pair[] = []
  for (let pair = 0; pair < Number(options.pairs); pair++) {
    const first = pair % 2 === 0 ? await grda.run(steps) : undefined
    const other = await sgd.run(steps)
    const { seconds } = first ?? (await grda.run(steps))
    pairs.push({ grda: seconds, sgd: other.seconds })
  }
  for (const peer of [grda, sgd]) await peer.end()
  return pairs
}

async function lossesWithoutDropout(workload: Workload, folder: string): Promise<Record<string, number[]>> {
  await writeWorkload(workload, folder, false)
  const losses: Record<string, number[]> = {}
  for (const [name, peer] of Object.entries(await startPeers(workload, folder))) {
    losses[name] = (await peer.run(FIRST_LOSSES)).losses
    await peer.end()
  }
  return losses
}

function largestDifference(losses: readonly number[], expected: readonly number[]): number {
  return Math.max(...losses.map((loss, step) => Math.abs(loss / expected[step]! - 1)))
}

async function measureRates(): Promise<Rates> {
  const sizes = all.map(({ workload }) => String(parameterCount(workload)))
  const child = fork(fileURLToPath(new URL('./train-step/rates.ts', import.meta.url)), sizes)
  const [rates] = await once(child, 'message')
  return rates
}
