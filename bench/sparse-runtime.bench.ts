import { pathToFileURL } from 'node:url'
import { encodeOnnx } from '#interchange/onnx/write-onnx.ts'
import type { PresetName } from '#network/presets/preset-names.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import { fromNetwork, type ModelOptions } from '#runtime/src/index.ts'
import { npmWith } from '#scripts/npm-with.ts'
import { networkOf, randomModel } from '#test/runtime/random-model.ts'
import { median } from '#test/support/median.ts'
import { writeSection } from '#test/support/write-section.ts'

// How much faster the runtime computes sparse models than ONNX Runtime, and than its own dense kernels: npm run bench -- sparse-runtime
// With relaxed SIMD, which Node 20 has behind a flag: node --experimental-wasm-relaxed-simd --import tsx scripts/bench.ts sparse-runtime

const ROUNDS = 7
const ROUND_MS = 150
const VERSION = '1.30.0'

/** By the first part of a layer's name, as in the experiment with ResNet-50 of the original paper. */
const PAPER = { conv1: 0.607, layer1: 0.775, layer2: 0.867, layer3: 0.91, layer4: 0.92, fc: 0.966 }

interface Case {
  preset: PresetName
  sparsity: number | typeof PAPER
  batch: number
}

const CASES: Case[] = [
  ...[0.9, 0.95, PAPER].flatMap(sparsity =>
    [1, 8].map(batch => ({ preset: 'resnet50' as const, sparsity, batch })),
  ),
  { preset: 'wrn-28-10', sparsity: 0.95, batch: 1 },
  ...(['mnist-mlp', 'mnist-lenet', 'cifar10-cnn'] as const).flatMap(preset =>
    [1, 8].map(batch => ({ preset, sparsity: 0.97, batch })),
  ),
]

/** Computes a batch; the last of a group is what the others are compared with. */
type Run = () => unknown
type Tensors = { Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => object }
type Session = { inputNames: readonly string[]; run(feeds: object): Promise<object> }
type Ort = Tensors & { InferenceSession: { create(bytes: Uint8Array, options: object): Promise<Session> } }

const load = await npmWith([`onnxruntime-node@${VERSION}`, `onnxruntime-web@${VERSION}`])
const native: Ort = load('onnxruntime-node')
const web: Ort & { env: { wasm: { numThreads: number } } } = await import(
  pathToFileURL(load.resolve('onnxruntime-web').replace(/[^/]*$/, 'ort.node.min.mjs')).href
)

const threads = Number(process.argv[2] ?? 1)
const rows: string[] = []
for (const item of CASES) rows.push(...(await measure(item)))
await writeSection(`The sparse runtime on ${threads} ${threads === 1 ? 'thread' : 'threads'}`, report())

async function measure({ preset, sparsity, batch }: Case): Promise<string[]> {
  const densityOf = (kernel: string) =>
    1 -
    (typeof sparsity === 'number'
      ? sparsity
      : Object.entries(sparsity).find(([part]) => kernel.startsWith(part))![1])
  const topology = PRESET_TOPOLOGIES[preset]
  const model = randomModel(topology, densityOf)
  const examples = new Float32Array(batch * topology.inputShape.reduce((product, n) => product * n, 1)).map(
    (_, i) => Math.sin(i),
  )
  const onnx = encodeOnnx(model, { weights: 'dense', graph: 'logits', preprocessing: 'none' })
  const own = async (options: ModelOptions) => {
    const opened = await fromNetwork(networkOf(model), { threads, ...options })
    return Object.assign(() => opened.predict(examples), { backend: opened.backend })
  }
  const ort = async (runtime: Ort, options: object): Promise<Run> => {
    const session = await runtime.InferenceSession.create(onnx, { graphOptimizationLevel: 'all', ...options })
    const input = new runtime.Tensor('float32', examples, [batch, ...topology.inputShape])
    return () => session.run({ [session.inputNames[0]!]: input })
  }
  web.env.wasm.numThreads = threads
  const name = `${preset}, ${typeof sparsity === 'number' ? `${100 * sparsity} %` : 'as in the paper'}, batch ${batch}`
  const rows: string[] = []
  for (const backend of ['native', 'wasm'] as const) {
    const sparse = await own({ backend })
    const dense = await own({ backend, kernels: 'dense' })
    const peer =
      backend === 'native'
        ? await ort(native, { intraOpNumThreads: threads, interOpNumThreads: 1 })
        : await ort(web, { executionProviders: ['wasm'] })
    const [ms, byDense, byPeer] = await compare(sparse, dense, peer)
    rows.push(
      `| ${name} | ${sparse.backend} | ${ms!.toPrecision(3)} | ${byDense!.toFixed(2)} | ${byPeer!.toFixed(2)} |`,
    )
    console.log(rows.at(-1))
  }
  return rows
}

/** The time of the first in ms, and the median ratios of the others' times to it, in alternating rounds. */
async function compare(...runs: Run[]): Promise<number[]> {
  const times = runs.map((): number[] => [])
  for (const run of runs) await time(run)
  for (let round = 0; round < ROUNDS; round++)
    for (const [index, run] of runs.entries()) times[index]!.push(await time(run))
  const [first, ...others] = times
  const ratios = others.map(other => median(other.map((ms, round) => ms / first![round]!)))
  return [median(first!), ...ratios]
}

/** The time of one run in ms: of the processor if one thread computes, which other programs disturb less. */
async function time(run: Run): Promise<number> {
  const now = () => {
    if (threads > 1) return performance.now()
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  }
  const start = now()
  let runs = 0
  do {
    await run()
    runs += 1
  } while (now() - start < ROUND_MS)
  return (now() - start) / runs
}

function report(): string {
  return [
    `\`npm run bench -- sparse-runtime ${threads}\`: medians of ${ROUNDS} alternating rounds; random patterns of zeros; ONNX Runtime ${VERSION} (onnxruntime-node, and onnxruntime-web against WebAssembly). A ratio is how many times longer the other takes.`,
    '',
    '| model, sparsity, batch | backend | ms | own dense kernels | ONNX Runtime |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}
