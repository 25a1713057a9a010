import { z } from 'zod'

/** How a file may differ from what it usually is; each file offers some of these. */
export const ArtifactVariant = z
  .strictObject({
    layout: z.enum(['torch']).describe("Kernels and names as in a PyTorch module's state_dict."),
    dtype: z.enum(['bf16']).describe('Weights rounded to bfloat16.'),
    weights: z.enum(['dense']).describe('Zeros stored as well.'),
  })
  .partial()
export type ArtifactVariant = z.infer<typeof ArtifactVariant>

/** An immutable, named, digested file that a client may download. */
export const Artifact = z
  .object({
    name: z.string(),
    mediaType: z.string(),
    sizeBytes: z.int(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    description: z.string(),
    variant: ArtifactVariant.optional().describe(
      'The query that asks for it, if it is not what NAME alone gives.',
    ),
    epoch: z.int().optional().describe('Epochs that its model had learned; absent: all of them.'),
    rounding: z
      .object({
        maxAbsoluteError: z.number().describe('Largest difference of a rounded weight from what it was.'),
        changedZeros: z.int().describe('Non-zeros that rounding made zero.'),
      })
      .optional(),
  })
  .meta({ id: 'Artifact' })
export type Artifact = z.infer<typeof Artifact>

interface ArtifactFile {
  /** What asks for it in `spec.artifacts`; absent: every job has it. */
  word?: string
  mediaType: string
  description: string
  variants?: readonly (keyof ArtifactVariant)[]
}

const SAFETENSORS = 'application/vnd.safetensors'

/** Every file a job can offer. Those that the spec does not ask for are made when somebody does. */
export const ARTIFACT_FILES = {
  'model.sparse.safetensors': {
    word: 'sparse',
    mediaType: SAFETENSORS,
    description: 'The weights, zeros left out; a legal safetensors file (docs/sparse-safetensors.md)',
    variants: ['dtype'],
  },
  'model.sparse.safetensors.zst': {
    word: 'sparseZst',
    mediaType: 'application/zstd',
    description: 'The same, its values as planes of bytes, compressed with zstd: the smallest there is',
    variants: ['dtype'],
  },
  'model.safetensors': {
    word: 'safetensors',
    mediaType: SAFETENSORS,
    description: 'The weights, dense float32 in the layout of TensorFlow',
    variants: ['layout', 'dtype'],
  },
  'model.keras': {
    word: 'keras',
    mediaType: 'application/zip',
    description: 'Model and weights for keras.saving.load_model of Keras 3; it gives logits',
  },
  'model.weights.h5': {
    word: 'kerasWeights',
    mediaType: 'application/x-hdf5',
    description: 'Weights for load_weights of the same model in Keras 3',
  },
  'model.tfjs.zip': {
    word: 'tfjs',
    mediaType: 'application/zip',
    description: 'model.json and weights.bin for loadLayersModel of TensorFlow.js; it gives logits',
  },
  'model.onnx': {
    word: 'onnx',
    mediaType: 'application/onnx',
    description:
      'ONNX, opset 17: images [batch, height, width, channels] to logits, the zeros put back by the graph',
    variants: ['weights'],
  },
  'weights.npz': {
    word: 'npz',
    mediaType: 'application/zip',
    description: 'NumPy arrays by name, and each matrix as NAME.csr.npz for scipy.sparse.load_npz',
  },
  'optimizer-state.safetensors': {
    word: 'optimizerState',
    mediaType: SAFETENSORS,
    description: "gRDA's state, as the state_dict of its PyTorch optimizer names it",
  },
  'metrics.csv': {
    mediaType: 'text/csv; charset=utf-8',
    description: 'One row an epoch: losses, accuracies, sparsity, rate',
  },
  'metrics.jsonl': {
    mediaType: 'application/jsonl',
    description: 'One line an epoch: everything measured, layer by layer too',
  },
  'spec.json': {
    mediaType: 'application/json',
    description: 'The spec, as POST /v1/jobs takes it to repeat the job',
  },
  'report.html': {
    mediaType: 'text/html; charset=utf-8',
    description: 'Curves, layers, spec and how to repeat it, on one page that needs nothing else',
  },
} as const satisfies Record<string, ArtifactFile>
export type ArtifactName = keyof typeof ARTIFACT_FILES
export const ARTIFACT_NAMES = Object.keys(ARTIFACT_FILES) as ArtifactName[]

export function isArtifactName(name: string): name is ArtifactName {
  return Object.hasOwn(ARTIFACT_FILES, name)
}

export function artifactFile(name: ArtifactName): ArtifactFile {
  return ARTIFACT_FILES[name]
}

/** The words of `spec.artifacts`. */
export const ARTIFACT_WORDS = ARTIFACT_NAMES.flatMap(name => artifactFile(name).word ?? [])
