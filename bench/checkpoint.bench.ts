import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { median } from '#test/support/median.ts'
import { writeSection } from '#test/support/write-section.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { runTask } from '#workers/runner/run-task.ts'

// The cost of a checkpoint: the time in which the runner does nothing else, compared with the time of an epoch.
//   npm run bench -- checkpoint

const EPOCHS = 40

const engine = await openEngine('native')
const scratch = await mkdtemp(join(tmpdir(), 'thresher-bench-'))
const { spec } = resolveSpec({ model: { preset: 'mnist-mlp' }, epochs: EPOCHS })
const epochs: number[] = []
const checkpoints: number[] = []
let epochReportedAt = 0
let checkpointReportedAt = performance.now()
try {
  await runTask({ spec, scratch, series: [] }, engine, new AbortController().signal, async ({ type }) => {
    const now = performance.now()
    if (type === 'epoch') {
      epochs.push(now - checkpointReportedAt)
      epochReportedAt = now
    }
    if (type === 'checkpoint') {
      checkpoints.push(now - epochReportedAt)
      checkpointReportedAt = now
    }
  })
} finally {
  await rm(scratch, { recursive: true })
}
// The first epoch and the first checkpoint include compilation.
const [epoch, checkpoint] = [epochs, checkpoints].map(times => median(times.slice(1))) as [number, number]
await writeSection(
  'The cost of a checkpoint',
  [
    `\`npm run bench -- checkpoint\`: ${EPOCHS} epochs of mnist-mlp in a runner, with one checkpoint each. The difference between whole runs with and without checkpoints is smaller than their noise, so the time is measured from the end of an epoch until its checkpoint is written and reported, when the next epoch starts.`,
    '',
    '| | median, ms |',
    '| --- | --- |',
    `| epoch: 469 steps and the validation | ${epoch.toFixed(1)} |`,
    `| checkpoint: read from the device, encode, hash, write | ${checkpoint.toFixed(1)} |`,
    `| share | ${((100 * checkpoint) / epoch).toFixed(2)} % |`,
  ].join('\n'),
)
