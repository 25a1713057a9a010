import { Worker } from 'node:worker_threads'
import { augmenter, type EpochAugmentation } from './augment.ts'
import { BatchRing, type RingShape } from './batch-ring.ts'
import { type Batch, labelsOf } from './batches.ts'
import type { Examples, Split } from './examples.ts'

/** The number of batches that are augmented ahead of their use. */
const SLOTS = 4

/** The message with which the thread receives a ring. */
export interface RingOffer {
  shape: RingShape
  memory: SharedArrayBuffer
  epochAugmentation: EpochAugmentation
}

/**
 * The split's examples in order, batchSize at a time, augmented by a second thread while earlier batches are trained on, or by this thread
 * if the second one is late. Both produce the same bytes.
 * @param split whose examples are bytes
 * @param skip the number of batches to omit at the start
 */
export function* augmentedBatches(
  split: Split<Examples>,
  batchSize: number,
  epochAugmentation: EpochAugmentation,
  skip = 0,
): Generator<Batch, void, undefined> {
  const { examples, indices } = split
  const rows = Math.min(batchSize, indices.length)
  const ring = new BatchRing({ slots: SLOTS, rows, stride: examples.x.length / examples.count })
  const place = augmenter(epochAugmentation)
  const batchAt = (position: number) => indices.subarray(position * batchSize, (position + 1) * batchSize)
  const fill = (position: number) => {
    const batch = batchAt(position)
    if (batch.length > 0) ring.fill(position % SLOTS, examples.x as Uint8Array, batch)
  }
  thread().postMessage({ shape: ring.shape, memory: ring.memory, epochAugmentation } satisfies RingOffer)
  try {
    for (let ahead = 0; ahead < SLOTS; ahead++) fill(skip + ahead)
    for (let position = skip; position * batchSize < indices.length; position++) {
      const batch = batchAt(position)
      const x = ring.use(position % SLOTS, place)
      yield { x, labels: labelsOf(split, batch), size: batch.length }
      ring.free(position % SLOTS)
      fill(position + SLOTS)
    }
  } finally {
    ring.close()
  }
}

let running: Worker | undefined

/** The augmentation thread of the process. If it fails, the consumer augments the batches. */
function thread(): Worker {
  if (running) return running
  running = new Worker(programOfThread(), { eval: true })
  running.on('error', () => {})
  running.unref()
  return running
}

/** A thread does not inherit the TypeScript loader of its process, so its program registers one. */
function programOfThread(): string {
  const url = import.meta.resolve('#workers/data/augment-thread.ts')
  const load = `import(${JSON.stringify(url)})`
  if (!url.endsWith('.ts')) return load
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  return `import(${tsx}).then(({ register }) => { register(); return ${load} })`
}
