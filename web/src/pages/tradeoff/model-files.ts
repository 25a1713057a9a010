import type { ArtifactQuery } from '@thresher/client'
import type { ModelPoint } from './model-points.ts'

/** The files in which a model can be downloaded, with a few words for each. */
export const MODEL_FILES = {
  'model.sparse.safetensors': 'safetensors without the zeros',
  'model.sparse.safetensors.zst': 'the same, compressed: the smallest file',
  'model.safetensors': 'dense safetensors',
  'model.keras': 'Keras 3',
  'model.weights.h5': 'weights for Keras',
  'model.onnx': 'ONNX',
  'model.tfjs.zip': 'TensorFlow.js',
  'weights.npz': 'NumPy and SciPy',
  'model.runtime.zip': 'a page that runs it in the browser, without a server',
} as const

export type ModelFile = keyof typeof MODEL_FILES

/** The request that downloads a file of exactly this model. */
export function downloadRequest({ selection }: ModelPoint, file: ModelFile) {
  const query: ArtifactQuery = { ...selection }
  if (file !== 'model.runtime.zip') return { name: file, query }
  return { name: 'model.sparse.safetensors', query: { ...query, runtime: 'browser' } satisfies ArtifactQuery }
}

/** The name of the saved file: `job_1-magnitude-global-0.95-model.keras`. */
export function fileNameOf({ jobId, selection }: ModelPoint, file: ModelFile): string {
  const { checkpoint, rule, scope, sparsity } = selection
  const point =
    checkpoint !== undefined
      ? `epoch-${checkpoint}`
      : sparsity !== undefined
        ? `${rule}-${scope}-${sparsity}`
        : ''
  return [jobId, point, file].filter(Boolean).join('-')
}
