import { parentPort } from 'node:worker_threads'
import { augmenter } from './augment.ts'
import type { RingOffer } from './augmented-batches.ts'
import { BatchRing } from './batch-ring.ts'

// The thread that augments batches ahead of their use, one ring after the other.

parentPort!.on('message', ({ shape, memory, epochAugmentation }: RingOffer) => {
  new BatchRing(shape, memory).augmentAll(augmenter(epochAugmentation))
})
