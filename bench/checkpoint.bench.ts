import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { median } from '#test/support/median.ts'
import { writeSection } from '#test/support/write-section.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { runTask } from '#workers/runner/run-task.ts'

// What a checkpoint costs a training: the time that a runner does nothing else, against the time of an epoch.
//   npm run bench -- checkpoint

const EPOCHS = 40

const engine = await openEngine('native')
const scratch = await mkdtemp(join(tmpdir(), 'thresher-bench-'))
const { spec } = resolveSpec({ model: { preset: 'mnist-mlp' }, epochs: EPOCHS })
const epochs: number[] = []
const checkpoints: number[] = []
let epochToldAt = 0
let checkpointToldAt = performance.now()
try {
  await runTask({ spec, scratch, series: [] }, engine, new AbortController().signal, async ({ type }) => {
    const now = performance.now()
    if (type === 'epoch') {
      epochs.push(now - checkpointToldAt)
      epochToldAt = now
    }
    if (type === 'checkpoint') {
      checkpoints.push(now - epochToldAt)
      checkpointToldAt = now
    }
  })
} finally {
  await rm(scratch, { recursive: true })
}
// The first of each also compiles.
const [epoch, checkpoint] = [epochs, checkpoints].map(times => median(times.slice(1))) as [number, number]
await writeSection(
  'What a checkpoint costs',
  [
    `\`npm run bench -- checkpoint\`: ${EPOCHS} epochs of mnist-mlp in a runner, one checkpoint each. A difference of whole runs with and without checkpoints is smaller than their noise, so the time is taken from the end of an epoch until its checkpoint is written and told, which is when the next epoch begins.`,
    '',
    '| | median, ms |',
    '| --- | --- |',
    `| an epoch: 469 steps and the validation | ${epoch.toFixed(1)} |`,
    `| its checkpoint: read from the device, digested, encoded, written | ${checkpoint.toFixed(1)} |`,
    `| share | ${((100 * checkpoint) / epoch).toFixed(2)} % |`,
  ].join('\n'),
)
