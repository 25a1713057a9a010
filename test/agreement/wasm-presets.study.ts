import { parseArgs } from 'node:util'
import { OptimizerSpec } from '#domain/optimizer-spec.ts'
import type { PresetName } from '#domain/presets/preset-names.ts'
import { PRESETS } from '#domain/presets/presets.ts'
import { isRounding, TIMES_ROUNDING, TOLERANCE } from '#test/agreement/trajectory/tolerance.ts'
import type { Answer, Question } from '#test/agreement/wasm-presets/child.ts'
import { askChild } from '#test/support/run-child.ts'
import { writeSection } from '#test/support/write-section.ts'

// Whether every preset takes the same steps on wasm as on the native engine, at batches that fit its heap:
//   npm run bench -- wasm-presets [--preset mnist-mlp ...] [--batch N] [--dry]
// Ends with code 1 where one does not. --batch finds out how much fits; --dry writes no results.

const { values: options } = parseArgs({
  options: {
    preset: { type: 'string', multiple: true },
    batch: { type: 'string' },
    dry: { type: 'boolean', default: false },
  },
})
const TAKE = new URL('./wasm-presets/child.ts', import.meta.url)
const STEPS = 4
const OPTIMIZER = OptimizerSpec.parse({ name: 'grda', learningRate: 0.001, c: 0.005, mu: 0.6 })
const BATCHES: Readonly<Record<PresetName, number>> = {
  'mnist-mlp': 128,
  'mnist-lenet': 64,
  'cifar10-cnn': 10,
  vgg16: 32,
  'wrn-28-10': 4,
  resnet50: 4,
}

const chosen = Object.entries(BATCHES).filter(([preset]) => options.preset?.includes(preset) ?? true)
const rows: string[] = []
for (const [preset, batchSize] of chosen)
  rows.push(await compare(preset as PresetName, Number(options.batch ?? batchSize)))
const text = [
  `\`npm run bench -- wasm-presets\`: ${STEPS} steps of gRDA on images of the preset's size, with its dropout and augmentation, on all threads, from`,
  'the same weights and batches on both engines: the difference of the first loss, which no step has moved yet, and the largest of all, relative',
  'to the native; in brackets what the latter is natively when each of the first weights is a float32 up or down. To agree is to be within',
  `${TOLERANCE} or ${TIMES_ROUNDING} times the brackets. The heap, which only grows, ends at 4096 MiB.`,
  '',
  '| | batch | of the preset | first loss | losses | wasm, ms a step | native, ms a step | heap, MiB |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ...rows,
].join('\n')
if (options.dry) console.log(text)
else await writeSection('Every preset on wasm', text)

async function compare(preset: PresetName, batchSize: number): Promise<string> {
  const course = { preset, batchSize, steps: STEPS, optimizer: OPTIMIZER }
  const ask = (engine: Question['engine'], isNudged = false) =>
    askChild<Answer>(TAKE, { course, engine, isNudged } satisfies Question)
  const native = await ask('native')
  const nudged = await ask('native', true)
  const wasm = await ask('wasm')
  if (wasm.digest !== native.digest) throw new Error('The same seed gave other batches.')
  const [difference, rounding] = [wasm, nudged].map(({ losses }) => largestDifference(losses, native.losses))
  const first = largestDifference(wasm.losses.slice(0, 1), native.losses)
  const agrees = isRounding(first) && isRounding(difference!, rounding)
  if (!agrees) process.exitCode = 1
  console.log(`${preset}: ${JSON.stringify({ native, nudged, wasm })}`)
  const cells = [
    preset,
    batchSize,
    PRESETS[preset].defaults.batchSize,
    first.toExponential(1),
    `${difference!.toExponential(1)} (${rounding!.toExponential(1)})${agrees ? '' : ' DIFFERS'}`,
    wasm.milliseconds.toFixed(0),
    native.milliseconds.toFixed(0),
    wasm.heapMiB!.toFixed(0),
  ]
  return `| ${cells.join(' | ')} |`
}

function largestDifference(losses: readonly number[], expected: readonly number[]): number {
  return Math.max(...losses.map((loss, step) => Math.abs(loss / expected[step]! - 1)))
}
