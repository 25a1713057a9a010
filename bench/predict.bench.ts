import { rm } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import pidusage from 'pidusage'
import { PREDICT } from '#children/child-limits.ts'
import type { ChildError } from '#children/child-protocol.ts'
import type { Prediction, PredictionTask } from '#children/predictor.ts'
import { WarmChild } from '#children/warm-child.ts'
import { encodeCheckpoint } from '#formats/checkpoint.ts'
import { trainingText } from '#formats/model-metadata.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import { elementCount } from '#network/shape.ts'
import { childrenOf } from '#test/support/children-of.ts'
import { median } from '#test/support/median.ts'
import { recordOf } from '#test/support/record.ts'
import { writeSection } from '#test/support/write-section.ts'

// The child process that computes predictions for the api, on the runtime and with TensorFlow as before:
//   npm run bench -- predict

const STARTS = 5
const ROUNDS = 41
const BATCHES = [1, 32]
/** Thresholds that leave about a tenth of the initial weights. */
const MODELS = { 'mnist-mlp': 0.06, 'cifar10-cnn': 0.06 } as const
/** Compiled, as the service runs it. */
const PEERS = {
  runtime: pathToFileURL('dist/src/children/predict-process.js').href,
  TensorFlow: pathToFileURL('dist/bench-tensorflow-process.mjs').href,
}
type Peer = keyof typeof PEERS
type Child = WarmChild<PredictionTask, Prediction>

// Children inherit these options, and the service runs without the loader of TypeScript.
process.execArgv.length = 0

await build({
  entryPoints: ['bench/predict/tensorflow-process.ts'],
  outfile: 'dist/bench-tensorflow-process.mjs',
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
})
try {
  const rows: string[] = []
  for (const [preset, l1] of Object.entries(MODELS))
    rows.push(...(await measure(preset as keyof typeof MODELS, l1)))
  await writeSection('Predictions of the api', report(rows))
} finally {
  await rm('dist/bench-tensorflow-process.mjs')
}

async function measure(preset: keyof typeof MODELS, l1: number): Promise<string[]> {
  const { spec, checkpoint } = recordOf(preset, l1)
  const file = encodeCheckpoint(checkpoint!, { training: trainingText(spec), engine: 'bench' })
  const task = (count: number) => ({
    model: preset,
    load: { spec, checkpoint: file },
    inputs: {
      count,
      x: new Uint8Array(count * elementCount(PRESET_TOPOLOGIES[preset].inputShape)).fill(100),
    },
  })
  const starts: Record<Peer, Start[]> = { runtime: [], TensorFlow: [] }
  for (let start = 0; start < STARTS; start++)
    for (const peer of Object.keys(PEERS) as Peer[]) starts[peer].push(await firstCall(peer, task(1)))
  const later = await laterCalls(task)
  return (Object.keys(PEERS) as Peer[]).map(peer => {
    const of = (value: (start: Start) => number) => median(starts[peer].map(value)).toFixed(0)
    const times = BATCHES.map((_, index) => `${later[peer][index]!.toFixed(2)} ms`)
    return `| ${preset} | ${peer} | ${of(({ ms }) => ms)} ms | ${of(({ readyMs }) => readyMs)} ms | ${of(({ cpuMs }) => cpuMs)} ms | ${of(({ mib }) => mib)} MiB | ${times.join(' | ')} |`
  })
}

interface Start {
  ms: number
  /** Of a child that had started before. */
  readyMs: number
  cpuMs: number
  mib: number
}

async function firstCall(peer: Peer, task: PredictionTask): Promise<Start> {
  const child = open(peer)
  const startedAt = performance.now()
  await ask(child, task)
  const ms = performance.now() - startedAt
  const [pid] = childrenOf(process.pid, 'process.')
  const { ctime, memory } = await pidusage(pid!)
  child.close()
  return { ms, readyMs: await readyCall(peer, task), cpuMs: ctime, mib: memory / 2 ** 20 }
}

async function readyCall(peer: Peer, task: PredictionTask): Promise<number> {
  const child = open(peer)
  await child.warmUp()
  const startedAt = performance.now()
  await ask(child, task)
  const ms = performance.now() - startedAt
  child.close()
  return ms
}

/** Medians of alternating rounds, by batch. */
async function laterCalls(task: (count: number) => PredictionTask): Promise<Record<Peer, number[]>> {
  const children = { runtime: open('runtime'), TensorFlow: open('TensorFlow') }
  for (const child of Object.values(children)) await ask(child, task(1))
  const times: Record<Peer, number[]> = { runtime: [], TensorFlow: [] }
  for (const count of BATCHES) {
    const rounds: Record<Peer, number[]> = { runtime: [], TensorFlow: [] }
    const { load: _, ...again } = task(count)
    for (let round = 0; round < ROUNDS; round++)
      for (const [peer, child] of Object.entries(children) as [Peer, Child][]) {
        const startedAt = performance.now()
        await ask(child, again)
        rounds[peer].push(performance.now() - startedAt)
      }
    for (const peer of Object.keys(PEERS) as Peer[]) times[peer].push(median(rounds[peer]))
  }
  for (const child of Object.values(children)) child.close()
  return times
}

function open(peer: Peer): Child {
  return new WarmChild<PredictionTask, Prediction>(PEERS[peer], { ...PREDICT.pool })
}

async function ask(child: Child, task: PredictionTask): Promise<void> {
  const answer: Prediction | ChildError = await child.ask(task, PREDICT.limits(0))
  if ('error' in answer) throw new Error(answer.error.message)
}

function report(rows: readonly string[]): string {
  return [
    'The child process that computes predictions, until its answer to the first request (it loads the model; a new process, and one that was started ahead, as the api does), and later. Medians of alternating rounds; later calls include the channel between the processes.',
    '',
    `| model | child | first call | of a ready child | processor time of the start and the call | memory after it | later, 1 example | later, ${BATCHES[1]} examples |`,
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}
