import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { pythonWith } from '#scripts/python-with.ts'
import { writeSection } from '#test/support/write-section.ts'
import { type Answer, ourCommand, peerCommand, type Side, startSide } from './train-step/peer.ts'
import { profileStep } from './train-step/profile.ts'
import type { Rates } from './train-step/rates.ts'
import {
  describeAgreement,
  describeOurs,
  describeProfile,
  describeRatios,
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

// One training step of gRDA here, in PyTorch and in TensorFlow, on the same cores, data and weights, alternating in one run:
//   npm run bench -- train-step [--workload mnist-mlp ...] [--rounds 15] [--device gpu] [--dry]
// The peers install themselves into environments of their own (PyTorch takes some gigabytes). --device gpu measures Thresher alone,
// and fails if it does not run on one. --dry writes no results.

const { values: options } = parseArgs({
  options: {
    workload: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '15' },
    device: { type: 'string', default: 'cpu' },
    dry: { type: 'boolean', default: false },
  },
})
const FIRST_LOSSES = 3
/** More than the rounds, as what gRDA costs is less than what a machine's speed changes by. */
const PAIRS = 40
type Command = (folder: string) => string[]

const SIDES: Record<string, Command> = {
  Thresher: folder => ourCommand(folder),
  'Thresher, augmented': folder => ourCommand(folder, 'augmented'),
  ...(options.device === 'cpu' && (await peers())),
}

const home = await mkdtemp(join(tmpdir(), 'thresher-bench-'))
const chosen = WORKLOADS.filter(({ preset }) => options.workload?.includes(preset) ?? true)
const versions: Record<string, string> = {}
const all: Measured[] = []
for (const workload of chosen) all.push(await measure(workload, join(home, titleOf(workload))))
await rm(home, { recursive: true, force: true })
const sections = [
  `\`npm run bench -- train-step\`: medians over ${options.rounds} alternating rounds, of times and of the ratios within a round.`,
  describeRatios(all, versions),
  describeOurs(all, await measureRates()),
  describeProfile(all),
  describeAgreement(all),
].join('\n\n')
if (options.dry) console.log(sections)
else
  await writeSection(
    options.device === 'gpu' ? 'A training step on a GPU' : 'A training step, against PyTorch and TensorFlow',
    sections,
  )

async function measure(workload: Workload, folder: string): Promise<Measured> {
  await writeWorkload(workload, folder, true)
  const sides = await startSides(workload, folder)
  const rounds: Record<string, Answer[]> = Object.fromEntries(Object.keys(sides).map(name => [name, []]))
  const first: Record<string, number[]> = {}
  for (const [name, side] of Object.entries(sides)) first[name] = (await side.take(FIRST_LOSSES)).losses
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [name, side] of Object.entries(sides)) rounds[name]!.push(await side.take(workload.steps))
  }
  for (const side of Object.values(sides)) await side.end()
  const pairs = await takePairs(workload, folder)
  const losses = usesDropout(workload) ? await lossesWithoutDropout(workload, `${folder} exact`) : first
  const measured = {
    workload,
    rounds,
    pairs,
    disagreement: Object.fromEntries(
      Object.entries(losses).map(([name, values]) => [name, largestDifference(values, losses.Thresher!)]),
    ),
    profile: await profileStep(folder),
  }
  const summary = Object.keys(rounds).map(name => `${name} ${stepMs(measured, name).toFixed(2)}`)
  console.log(`${titleOf(workload)}: ${summary.join(', ')} ms`)
  return measured
}

async function peers(): Promise<Record<string, Command>> {
  const torch = await pythonWith(['torch==2.15.0', 'numpy==2.4.6', 'safetensors==0.8.0'])
  const tensorflow = await pythonWith(['tensorflow-cpu==2.21.0', 'safetensors==0.8.0'])
  return {
    'PyTorch, original': folder => peerCommand(torch, 'torch_step.py', folder, 'original'),
    'PyTorch, foreach': folder => peerCommand(torch, 'torch_step.py', folder, 'foreach'),
    TensorFlow: folder => peerCommand(tensorflow, 'tensorflow_step.py', folder),
  }
}

async function startSides(workload: Workload, folder: string): Promise<Record<string, Side>> {
  const sides: Record<string, Side> = {}
  for (const [name, command] of Object.entries(SIDES)) {
    if (name === 'Thresher, augmented' && augmentationOf(workload).length === 0) continue
    sides[name] = await startSide(command(folder))
    versions[name] = sides[name].version
  }
  if (options.device === 'gpu' && versions.Thresher?.endsWith(', cpu'))
    throw new Error('TensorFlow found no GPU. THRESHER_DEVICE=cuda npm run setup installs a library for one.')
  return sides
}

/** gRDA and SGD in turns, each as often the first of the two. */
async function takePairs({ steps }: Workload, folder: string): Promise<Pair[]> {
  const grda = await startSide(ourCommand(folder))
  const sgd = await startSide(ourCommand(folder, 'sgd'))
  for (const side of [grda, sgd]) await side.take(FIRST_LOSSES)
  const pairs: Pair[] = []
  for (let pair = 0; pair < PAIRS; pair++) {
    const first = pair % 2 === 0 ? await grda.take(steps) : undefined
    const other = await sgd.take(steps)
    const { seconds } = first ?? (await grda.take(steps))
    pairs.push({ grda: seconds, sgd: other.seconds })
  }
  for (const side of [grda, sgd]) await side.end()
  return pairs
}

async function lossesWithoutDropout(workload: Workload, folder: string): Promise<Record<string, number[]>> {
  await writeWorkload(workload, folder, false)
  const losses: Record<string, number[]> = {}
  for (const [name, side] of Object.entries(await startSides(workload, folder))) {
    losses[name] = (await side.take(FIRST_LOSSES)).losses
    await side.end()
  }
  return losses
}

function largestDifference(losses: readonly number[], expected: readonly number[]): number {
  return Math.max(...losses.map((loss, step) => Math.abs(loss / expected[step]! - 1)))
}

async function measureRates(): Promise<Rates> {
  const sizes = chosen.map(workload => String(parameterCount(workload)))
  const child = fork(fileURLToPath(new URL('./train-step/rates.ts', import.meta.url)), sizes)
  const [rates] = await once(child, 'message')
  return rates
}
