import { parseArgs } from 'node:util'
import type { PresetName } from '#network/presets/preset-names.ts'
import { OptimizerSpec } from '#optimization/optimizer-spec.ts'
import { PRESETS } from '#presets/preset-defaults.ts'
import { runChild } from '#test/support/run-child.ts'
import { writeSection } from '#test/support/write-section.ts'
import { isRounding, TIMES_ROUNDING, TOLERANCE } from './trajectory/tolerance.ts'
import type { ChildInput, ChildResult } from './wasm-presets/child.ts'

// Whether every preset takes the same steps on wasm as on the native engine, at batch sizes that fit the wasm heap:
//   npm run study -- wasm-presets [--preset mnist-mlp ...] [--batch N] [--dry]
// Exits with code 1 if one does not. --batch tries another batch size; --dry writes no results.

const { values: options } = parseArgs({
  options: {
    preset: { type: 'string', multiple: true },
    batch: { type: 'string' },
    dry: { type: 'boolean', default: false },
  },
})
const CHILD = new URL('./wasm-presets/child.ts', import.meta.url)
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
  `\`npm run study -- wasm-presets\`: ${STEPS} steps of gRDA on images of the preset's size, with its dropout and augmentation, on all threads, from`,
  'the same weights and batches on both engines. The columns show the difference of the first loss, before any step, and the largest difference',
  'of all losses, relative to the native engine. The brackets show the latter between two native runs when each initial weight of one is one',
  `float32 higher or lower. The engines agree within ${TOLERANCE} or ${TIMES_ROUNDING} times the brackets. The heap only grows, up to 4096 MiB.`,
  '',
  '| | batch | preset batch | first loss | losses | wasm, ms a step | native, ms a step | heap, MiB |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ...rows,
].join('\n')
if (options.dry) console.log(text)
else await writeSection('Every preset on wasm', text)

async function compare(preset: PresetName, batchSize: number): Promise<string> {
  const spec = { preset, batchSize, steps: STEPS, optimizer: OPTIMIZER }
  const run = (engine: ChildInput['engine'], isPerturbed = false) =>
    runChild<ChildResult>(CHILD, { spec, engine, isPerturbed } satisfies ChildInput)
  const native = await run('native')
  const perturbed = await run('native', true)
  const wasm = await run('wasm')
  if (wasm.digest !== native.digest) throw new Error('The same seed gave different batches.')
  const [difference, rounding] = [wasm, perturbed].map(({ losses }) =>
    largestDifference(losses, native.losses),
  )
  const first = largestDifference(wasm.losses.slice(0, 1), native.losses)
  const agrees = isRounding(first) && isRounding(difference!, rounding)
  if (!agrees) process.exitCode = 1
  console.log(`${preset}: ${JSON.stringify({ native, perturbed, wasm })}`)
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
