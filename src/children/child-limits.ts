import { totalmem } from 'node:os'
import type { PoolOptions } from './child-pool.ts'
import type { TaskLimits } from './limit-exceeded.ts'

// Every limit of the api's children; docs/limits.md lists them for operators. A task's limits grow with its work: the bytes of the files
// that it reads, or of the tensors that it makes.

const MiB = 1024 ** 2
const GiB = 1024 ** 3
/** No task may use more than this share of the memory of the machine or container. */
const SHARE_OF_MACHINE = 0.75

/** How many children of a kind there are, and what one task may use. */
export interface ChildKind {
  pool: PoolOptions
  limits: (workBytes: number) => TaskLimits
  /** A task of more bytes is large; large tasks leave one child to the others. A tenant's tasks do so too (`ChildPool`). */
  largeBytes: number
}

/** Reads uploaded models. */
export const IMPORT: ChildKind = {
  pool: {
    children: 3,
    idleSeconds: 10,
    waiting: 64,
    perTenant: 16,
    heapBytes: 2 * GiB,
    dataBytes: ofMachine(24 * GiB),
  },
  limits: bytes => ({
    // The limit of processor time is short, so that a file that makes its reader loop is refused soon. That of elapsed time is long, so
    // that a valid file is not refused because the machine is busy.
    processorSeconds: 5 + bytes / 1e6,
    seconds: 30 + (4 * bytes) / 1e6,
    residentBytes: ofMachine(1.5 * GiB + 5 * bytes),
    folderBytes: 64 * MiB + 8 * bytes,
    answerBytes: 64 * MiB,
  }),
  largeBytes: 64 * MiB,
}

/** Validates uploaded datasets as a stream, in little memory. */
export const INGEST: ChildKind = {
  pool: {
    children: 3,
    idleSeconds: 10,
    waiting: Number.POSITIVE_INFINITY,
    perTenant: Number.POSITIVE_INFINITY,
    // By default Node would collect garbage only after hundreds of megabytes.
    heapBytes: 64 * MiB,
    flags: ['--max-semi-space-size=2'],
    // For glibc: otherwise each thread that decodes images would keep a heap of freed memory.
    env: { MALLOC_ARENA_MAX: '1' },
    dataBytes: ofMachine(4 * GiB),
  },
  limits: bytes => ({
    seconds: Math.min(60 + bytes / 200e3, 6 * 3600),
    residentBytes: ofMachine(2 * GiB),
    folderBytes: Math.min(GiB + 256 * bytes, 96 * GiB),
    answerBytes: 64 * MiB,
  }),
  largeBytes: 64 * MiB,
}

/** For Parquet, whose reader keeps a whole row group in memory. */
export const INGEST_PARQUET: ChildKind = {
  ...INGEST,
  pool: {
    children: 3,
    idleSeconds: 10,
    waiting: Number.POSITIVE_INFINITY,
    perTenant: Number.POSITIVE_INFINITY,
    heapBytes: 3 * GiB,
    dataBytes: ofMachine(8 * GiB),
  },
  limits: bytes => ({ ...INGEST.limits(bytes), residentBytes: ofMachine(4 * GiB) }),
}

/** The time for a registered folder of images, whose size is not known in advance. */
export const FOLDER_SECONDS = 3600

/** Exports artifacts from checkpoints. */
export const EXPORT: ChildKind = {
  pool: {
    children: 3,
    idleSeconds: 10,
    waiting: 64,
    perTenant: 16,
    heapBytes: 2 * GiB,
    dataBytes: ofMachine(32 * GiB),
  },
  limits: bytes => ({
    seconds: 60 + bytes / 250e3,
    residentBytes: ofMachine(2 * GiB + 8 * bytes),
    folderBytes: 0,
    answerBytes: 4 * GiB - 64 * MiB,
  }),
  largeBytes: 256 * MiB,
}

/** The work of one example of a prediction, in addition to that of the checkpoint. */
export const EXAMPLE_BYTES = 2e6

/** A prediction of more floating-point operations is large: it takes seconds. */
export const LARGE_FLOPS = 1e10

/** Answers predictions; each child holds a model. One is always ready, so that the first request after a pause is answered at once. */
export const PREDICT: ChildKind = {
  pool: {
    children: 3,
    idleSeconds: 120,
    kept: 1,
    waiting: 64,
    perTenant: 16,
    heapBytes: 2 * GiB,
    dataBytes: ofMachine(32 * GiB),
  },
  limits: bytes => ({
    seconds: 60 + bytes / 1e6,
    residentBytes: ofMachine(4 * GiB + 4 * bytes),
    folderBytes: 0,
    answerBytes: 256 * MiB,
  }),
  largeBytes: 256 * MiB,
}

/** Measures models with rounded weights; the child holds TensorFlow, a model and a dataset. */
export const MEASURE: ChildKind = {
  pool: {
    children: 1,
    idleSeconds: 10,
    waiting: 64,
    perTenant: 16,
    heapBytes: 4 * GiB,
    dataBytes: ofMachine(32 * GiB),
  },
  limits: bytes => ({
    seconds: 600,
    residentBytes: ofMachine(4 * GiB + 4 * bytes),
    folderBytes: 0,
    answerBytes: MiB,
  }),
  largeBytes: Number.POSITIVE_INFINITY,
}

function ofMachine(bytes: number): number {
  // If the container has no limit, this is 0 or far above the memory of any machine.
  const container = process.constrainedMemory() || Number.POSITIVE_INFINITY
  return Math.min(bytes, SHARE_OF_MACHINE * Math.min(totalmem(), container))
}
