import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import util from 'node:util'
import type { Engine } from '#workers/engine/engine.ts'
import { registerKernel } from '#workers/engine/register-kernel.ts'
import {
  batchNormalizationGrad,
  batchNormalizationTraining,
  clipByTensor,
  clipByValue,
  gather,
  reluGrad,
  sigmoidGrad,
  sparseSoftmaxCrossEntropy,
  statelessRandomUniform,
  sum,
  tanhGrad,
} from './library-kernels.ts'
import { nativeBackend } from './native-backend.ts'
import { oneColumnConvolutions } from './one-column-convolutions.ts'
import { registerOwnOps } from './own-ops.ts'
import {
  pointwiseConvolutions,
  pointwiseFilterGradients,
  pointwiseInputGradient,
} from './pointwise-convolutions.ts'

/** Loads libtensorflow through tfjs-node. @throws Error when the binding or its library is missing */
export async function openNative(threads: number): Promise<Engine> {
  setLibraryOptions(threads)
  restoreRemovedUtil()
  // Not import(): Node would scan 5 MB of TensorFlow.js for names of exports, which takes a quarter of a second.
  createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu')
  const { binding, isUsingGpuDevice } = nativeBackend()
  registerKernels(isUsingGpuDevice)
  const hasOwnOps = registerOwnOps(threads)
  return {
    name: 'native',
    device: isUsingGpuDevice ? await readGpuName() : 'cpu',
    // Custom ops compute other bits, so the reproducibility of a run depends on them too.
    version: `TensorFlow ${binding.TF_Version}${hasOwnOps ? ' with own ops' : ''}`,
    threads,
  }
}

function registerKernels(isUsingGpuDevice: boolean): void {
  registerKernel('tensorflow', batchNormalizationGrad)
  registerKernel('tensorflow', batchNormalizationTraining)
  registerKernel('tensorflow', clipByTensor)
  registerKernel('tensorflow', clipByValue)
  registerKernel('tensorflow', gather)
  registerKernel('tensorflow', reluGrad)
  registerKernel('tensorflow', sigmoidGrad)
  registerKernel('tensorflow', sparseSoftmaxCrossEntropy)
  registerKernel('tensorflow', statelessRandomUniform)
  registerKernel('tensorflow', sum)
  registerKernel('tensorflow', tanhGrad)
  if (isUsingGpuDevice) return
  for (const kernel of oneColumnConvolutions) registerKernel('tensorflow', kernel)
  for (const kernel of pointwiseConvolutions) registerKernel('tensorflow', kernel)
  for (const kernel of pointwiseFilterGradients) registerKernel('tensorflow', kernel)
  registerKernel('tensorflow', pointwiseInputGradient)
}

/** libtensorflow reads its options from the environment once, while it loads. */
function setLibraryOptions(threads: number): void {
  Object.assign(process.env, {
    TF_CPP_MIN_LOG_LEVEL: '2',
    TF_DETERMINISTIC_OPS: '1',
    // TensorFlow leaves it off on x86 processors without AVX-512: docs/decisions/2026-11-30-convolutions-that-onednn-gets-wrong.md.
    ...(process.arch === 'x64' && { TF_ENABLE_ONEDNN_OPTS: '1' }),
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    // A call returns when its work is queued on a GPU, not when it is finished. Reading a result waits for it.
    TF_SYNC_ON_FINISH: '0',
    TF_NUM_INTRAOP_THREADS: String(threads),
    // Ops run one after the other on the calling thread: docs/decisions/2026-11-23-recorded-graphs.md describes two crashes.
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

/** The binding reports only that there is a GPU; the driver knows its name. */
async function readGpuName(): Promise<string> {
  const folder = '/proc/driver/nvidia/gpus'
  const [first] = await readdir(folder).catch(() => [])
  if (first === undefined) return 'gpu'
  const information = await readFile(`${folder}/${first}/information`, 'utf8')
  return /^Model:\s*(.+)$/m.exec(information)?.[1]?.trim() ?? 'gpu'
}
