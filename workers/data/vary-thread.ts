import { parentPort } from 'node:worker_threads'
import { augmenter } from './augment.ts'
import { BatchRing } from './batch-ring.ts'
import type { RingOffer } from './varied-batches.ts'

// The thread that augments batches ahead of their use, one ring after the other.

parentPort!.on('message', ({ shape, memory, variation }: RingOffer) => {
  new BatchRing(shape, memory).varyAll(augmenter(variation))
})
