import { readFile } from 'node:fs/promises'
import type { TrainedModel } from '#formats/trained-model.ts'
import { elementCount } from '#network/shape.ts'
import { writeSection } from '#test/support/write-section.ts'
import { CASES, type Case, sparsityOf } from './sparse-runtime/cases.ts'
import { compare } from './sparse-runtime/measure.ts'
import { ONNX_RUNTIME, openRuntimes } from './sparse-runtime/runtimes.ts'
import { VECTORS } from './vectors.ts'

// How much faster the runtime computes sparse models than ONNX Runtime, TensorFlow.js and its own dense kernels:
//   npm run bench -- sparse-runtime [THREADS] [PRESET ...]
// The rows of other presets stay as an earlier run wrote them. With relaxed SIMD, which Node 20 has behind a flag:
//   node --experimental-wasm-relaxed-simd --import tsx scripts/bench.ts sparse-runtime

const BATCHES = [1, 8]

const threads = Number(process.argv[2] ?? 1)
const presets = process.argv.slice(3)
const title = `The sparse runtime on ${threads} ${threads === 1 ? 'thread' : 'threads'}, with ${VECTORS}`
const runtimes = await openRuntimes(threads)
const measured = CASES.filter(({ preset }) => presets.length === 0 || presets.includes(preset))
if (measured.length === 0) throw new Error(`No case has a preset among ${presets.join(', ')}.`)
const rows: string[] = []
for (const item of measured) {
  const model = await item.model()
  for (const batch of BATCHES) rows.push(...(await measure(item, model, batch)))
}
await writeSection(title, report([...(await earlierRows()), ...rows]))
process.exit()

async function measure({ preset, pattern }: Case, model: TrainedModel, batch: number): Promise<string[]> {
  const size = batch * elementCount(model.topology.inputShape)
  const inputs = { model, batch, examples: Float32Array.from({ length: size }, (_, i) => Math.sin(i)) }
  const name = `${preset}, ${(100 * sparsityOf(model)).toFixed(1)} % ${pattern}, batch ${batch}`
  const rows: string[] = []
  for (const backend of ['native', 'wasm'] as const) {
    const loaded = [await runtimes.own(inputs, { backend })]
    loaded.push(await runtimes.own(inputs, { backend, kernels: 'dense' }))
    if (backend === 'native') loaded.push(await runtimes.onnxNative(inputs))
    else loaded.push(await runtimes.onnxWeb(inputs), await runtimes.tensorflowJs(inputs))
    const [ms, ...ratios] = await compare(loaded, threads)
    for (const run of loaded) await run.dispose()
    const cells = [ms!.toPrecision(3), ...[0, 1, 2].map(index => ratios[index]?.toFixed(2) ?? '–')]
    rows.push(`| ${[name, loaded[0]!.name, ...cells].join(' | ')} |`)
    console.log(rows.at(-1))
  }
  return rows
}

/** The rows of the section that this run does not measure. */
async function earlierRows(): Promise<string[]> {
  const results = await readFile('bench/results.md', 'utf8')
  const section = results.split(/^(?=## )/m).find(section => section.startsWith(`## ${title}\n`)) ?? ''
  return section.split('\n').filter(line => {
    const preset = /^\| ([^,|]+), /.exec(line)?.[1]
    return CASES.some(item => item.preset === preset) && !measured.some(item => item.preset === preset)
  })
}

function report(rows: readonly string[]): string {
  const order = (row: string) => CASES.findIndex(({ preset }) => row.startsWith(`| ${preset},`))
  return [
    `\`npm run bench -- sparse-runtime ${threads}\`: medians of 3 to 9 alternating rounds${threads === 1 ? ' of processor time' : ''}. A ratio is how many times longer the other takes: the runtime's own dense kernels, ONNX Runtime ${ONNX_RUNTIME} (onnxruntime-node, and onnxruntime-web for WebAssembly), and TensorFlow.js with its WebAssembly backend. "trained": the model of a job with gRDA, of cifar10-cnn on synthetic images; "random": each kernel has so many zeros at random places; "as in the paper": likewise with the sparsities of the original experiments. Before each comparison the outputs of all are compared.`,
    '',
    '| model, zeros, batch | backend | ms | own dense kernels | ONNX Runtime | TensorFlow.js |',
    '| --- | --- | --- | --- | --- | --- |',
    ...[...rows].sort((a, b) => order(a) - order(b)),
  ].join('\n')
}
