import { z } from 'zod'
import { Structure } from '#network/channels/structure.ts'
import { EXPORTING_TITLE } from '#optimization/optimizer-spec.ts'
import { Rounding } from '#optimization/rounding.ts'
import { MeasuredCut } from '#optimization/tradeoff.ts'

/** The variants of a file. Each file offers some of them. */
export const ArtifactVariant = z
  .strictObject({
    layout: z.enum(['torch']).describe("Kernels and names as in a PyTorch module's state_dict."),
    dtype: z
      .enum(['bf16', 'int8'])
      .describe(
        'Weights rounded to bfloat16, or kernels to int8 with a float32 scale for each output channel.',
      ),
    weights: z.enum(['dense']).describe('Weights with their zeros stored.'),
    graph: z
      .enum(['logits'])
      .describe('The network without its output activation (softmax or sigmoid, as the loss implies).'),
    preprocessing: z
      .enum(['none'])
      .describe(
        'The network without preprocessing: it expects examples that are already scaled and normalized.',
      ),
    structure: z
      .enum(['compact'])
      .describe('The network without the channels and units that do nothing (docs/exports.md).'),
    runtime: z
      .enum(['browser'])
      .describe(
        'A zip of the file, the runtime that predicts with it, and index.html, a page that runs the model in a browser without a server (docs/exports.md).',
      ),
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
      'The query parameters that select this variant; absent for the usual form of the file.',
    ),
    epoch: z
      .int()
      .optional()
      .describe('Completed epochs of its model, or of its metrics; absent if these are all epochs.'),
    rounding: Rounding.optional(),
    structure: Structure.optional(),
    cut: MeasuredCut.optional().describe(
      'How its model was cut, and what it scores; absent for the trained model itself. The query parameters `rule`, `scope` and `sparsity` with these values select it.',
    ),
  })
  .meta({ id: 'Artifact' })
export type Artifact = z.infer<typeof Artifact>

interface ArtifactFile {
  /** The name that selects it in `spec.artifacts`; absent for files that every job has. */
  word?: string
  mediaType: string
  description: string
  variants?: { readonly [Key in keyof ArtifactVariant]?: readonly NonNullable<ArtifactVariant[Key]>[] }
  /** Only a worker can make it: it is measured. */
  isMeasured?: true
}

const SAFETENSORS = 'application/vnd.safetensors'

/** Every file that a job can offer. Files that the spec does not list are made on their first request. */
export const ARTIFACT_FILES = {
  'model.sparse.safetensors': {
    word: 'sparse',
    mediaType: SAFETENSORS,
    description: 'Weights without their zeros, as a valid safetensors file (docs/sparse-safetensors.md)',
    variants: { dtype: ['bf16', 'int8'], structure: ['compact'], runtime: ['browser'] },
  },
  'model.sparse.safetensors.zst': {
    word: 'sparseZst',
    mediaType: 'application/zstd',
    description: 'The same weights, with values as byte planes, compressed with zstd: the smallest file',
    variants: { dtype: ['bf16', 'int8'], structure: ['compact'] },
  },
  'model.safetensors': {
    word: 'safetensors',
    mediaType: SAFETENSORS,
    description: 'Weights as dense float32 in the layout of TensorFlow',
    variants: { layout: ['torch'], dtype: ['bf16'], structure: ['compact'] },
  },
  'model.keras': {
    word: 'keras',
    mediaType: 'application/zip',
    description:
      'Model and weights for keras.saving.load_model of Keras 3. It maps raw examples to the outputs of predict, unless a variant omits a part',
    variants: { graph: ['logits'], preprocessing: ['none'], structure: ['compact'] },
  },
  'model.weights.h5': {
    word: 'kerasWeights',
    mediaType: 'application/x-hdf5',
    description: 'Weights for load_weights of the same model in Keras 3',
    variants: { structure: ['compact'] },
  },
  'model.tfjs.zip': {
    word: 'tfjs',
    mediaType: 'application/zip',
    description:
      'model.json and weights.bin for loadLayersModel of TensorFlow.js. It maps raw examples to the outputs of predict, unless a variant omits a part',
    variants: { graph: ['logits'], preprocessing: ['none'], structure: ['compact'] },
  },
  'model.onnx': {
    word: 'onnx',
    mediaType: 'application/onnx',
    description:
      'ONNX, opset 17. It maps raw examples (float32; images [batch, height, width, channels]) to the outputs of predict, unless a variant omits a part. The graph restores the zeros',
    variants: { weights: ['dense'], graph: ['logits'], preprocessing: ['none'], structure: ['compact'] },
  },
  'weights.npz': {
    word: 'npz',
    mediaType: 'application/zip',
    description:
      'NumPy arrays by name, each matrix as NAME.csr.npz for scipy.sparse.load_npz, and metadata.json',
    variants: { structure: ['compact'] },
  },
  'optimizer-state.safetensors': {
    word: 'optimizerState',
    mediaType: SAFETENSORS,
    description: `The state of ${EXPORTING_TITLE}, with the names of the state_dict of its PyTorch optimizer`,
  },
  'metrics.csv': {
    mediaType: 'text/csv; charset=utf-8',
    description: 'One row per epoch: losses, accuracies, sparsity, rate',
  },
  'metrics.jsonl': {
    mediaType: 'application/jsonl',
    description: 'One line per epoch with every metric, including those by layer',
  },
  'spec.json': {
    mediaType: 'application/json',
    description: 'The spec, which POST /v1/jobs accepts to repeat the job',
  },
  'tradeoff.json': {
    mediaType: 'application/json',
    description: 'Accuracy and size of the model at other sparsities (docs/tradeoff.md)',
    isMeasured: true,
  },
  'tradeoff-statistics.safetensors': {
    mediaType: SAFETENSORS,
    description: 'Statistics of the batch normalizations at every point of tradeoff.json',
    isMeasured: true,
  },
  'report.html': {
    mediaType: 'text/html; charset=utf-8',
    description: 'Curves, layers, the spec and how to repeat the job, as one self-contained page',
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

/** The names that `spec.artifacts` accepts. */
export const ARTIFACT_WORDS = ARTIFACT_NAMES.flatMap(name => artifactFile(name).word ?? [])
