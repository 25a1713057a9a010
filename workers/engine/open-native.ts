import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import util from 'node:util'
import * as tf from '@tensorflow/tfjs-core'
import type { Engine } from './engine.ts'
import { registerPointwiseConvolutions } from './pointwise-convolutions.ts'
import { registerNativeKernels } from './register-native-kernels.ts'
import { registerOwnOps } from './register-own-ops.ts'

/** Loads libtensorflow through tfjs-node. Throws when the binding or its library is missing. */
export async function openNative(threads: number): Promise<Engine> {
  setLibraryOptions(threads)
  restoreRemovedUtil()
  // Not import(): Node would scan 5 MB of TensorFlow.js for names of exports, which takes a quarter of a second.
  createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu')
  registerNativeKernels()
  const { binding, isUsingGpuDevice } = tf.backend() as tf.KernelBackend & {
    binding: { TF_Version: string }
    isUsingGpuDevice: boolean
  }
  if (!isUsingGpuDevice) registerPointwiseConvolutions()
  const hasOwnOps = registerOwnOps(threads)
  return {
    name: 'native',
    device: isUsingGpuDevice ? await readGpuName() : 'cpu',
    // They compute other bits: what can be expected of a run follows from this.
    version: `TensorFlow ${binding.TF_Version}${hasOwnOps ? ' with own ops' : ''}`,
    threads,
  }
}

/** libtensorflow reads its options from the environment, once, while it loads. */
function setLibraryOptions(threads: number): void {
  Object.assign(process.env, {
    TF_CPP_MIN_LOG_LEVEL: '2',
    TF_DETERMINISTIC_OPS: '1',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    // A call ends when its work is queued on a GPU, not when it is done; whatever is fetched is waited for all the same.
    TF_SYNC_ON_FINISH: '0',
    TF_NUM_INTRAOP_THREADS: String(threads),
    // One op after the other, on the thread that asks: docs/decisions/2026-11-23-recorded-graphs.md has the two crashes.
    TF_NUM_INTEROP_THREADS: '-1',
  })
}

/** tfjs-node calls two functions that Node 23 removed. */
function restoreRemovedUtil(): void {
  const removed = {
    isArray: Array.isArray,
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  }
  for (const [name, value] of Object.entries(removed)) {
    if (!(name in util)) Object.assign(util, { [name]: value })
  }
}

/** The binding tells only that it found a GPU; the driver knows which. */
async function readGpuName(): Promise<string> {
  const folder = '/proc/driver/nvidia/gpus'
  const [first] = await readdir(folder).catch(() => [])
  if (first === undefined) return 'gpu'
  const information = await readFile(`${folder}/${first}/information`, 'utf8')
  return /^Model:\s*(.+)$/m.exec(information)?.[1]?.trim() ?? 'gpu'
}
