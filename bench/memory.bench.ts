import { writeFile } from 'node:fs/promises'
import * as tf from '@tensorflow/tfjs-core'
import { JobRequest } from '#domain/training-spec.ts'
import { linePlot } from '#interchange/report/line-plot.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { writeSection } from '#test/support/write-section.ts'
import { loadSplits } from '#workers/data/load-splits.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { prepareRun } from '#workers/training/prepare.ts'

// Measures whether memory or the number of TensorFlow's tensors grows during a long training of mnist-mlp:
//   npm run bench -- memory

const STEPS = 20_000
const SAMPLE_EVERY = 500
const PLOT = 'bench/memory.svg'
const MIB = 2 ** 20

interface Sample {
  step: number
  residentMiB: number
  nativeTensors: number
}

await openEngine('native')
const { spec } = resolveSpec(JobRequest.parse({ model: { preset: 'mnist-mlp' } }))
const run = prepareRun(spec, await loadSplits(spec), new AbortController().signal)
const training = run.begin()
const samples: Sample[] = []
for (let epoch = 1; training.clock.step < STEPS; epoch++) {
  for await (const batch of run.trainingBatches(epoch)) {
    training.step(batch)
    const { step } = training.clock
    if (step >= SAMPLE_EVERY * (samples.length + 1)) samples.push(sample(step))
    if (step >= STEPS) break
  }
}
await writeFile(PLOT, plot())
await writeSection('Memory over a long training', report())

function sample(step: number): Sample {
  const { getNumOfTFTensors } = tf.backend() as tf.KernelBackend & { getNumOfTFTensors(): number }
  return {
    step,
    residentMiB: process.memoryUsage.rss() / MIB,
    nativeTensors: getNumOfTFTensors.call(tf.backend()),
  }
}

/** Omits the first tenth, in which buffers and compiled code reach their final size. */
function report(): string {
  const settled = samples.slice(samples.length / 10)
  const memory = settled.map(({ residentMiB }) => residentMiB)
  const tensors = settled.map(({ nativeTensors }) => nativeTensors)
  return [
    `\`npm run bench -- memory\`: ${STEPS.toLocaleString('en')} steps of mnist-mlp, sampled every ${SAMPLE_EVERY} steps from step ${settled[0]!.step} on.`,
    '',
    '| | minimum | maximum | last |',
    '| --- | --- | --- | --- |',
    `| resident memory, MiB | ${[Math.min(...memory), Math.max(...memory), memory.at(-1)!].map(value => value.toFixed(0)).join(' | ')} |`,
    `| TensorFlow's tensors | ${Math.min(...tensors)} | ${Math.max(...tensors)} | ${tensors.at(-1)} |`,
    '',
    '![resident memory during the training](memory.svg)',
  ].join('\n')
}

function plot(): string {
  const points = samples.map(({ step, residentMiB }) => [step, residentMiB] as const)
  return linePlot('mnist-mlp, batch 128', 'step', [{ name: 'resident memory, MiB', points }])
}
