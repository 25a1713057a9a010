import { z } from 'zod'

/** An immutable, named, digested file that a client may download. */
export const Artifact = z
  .object({
    name: z.string(),
    mediaType: z.string(),
    sizeBytes: z.int(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    description: z.string(),
  })
  .meta({ id: 'Artifact' })
export type Artifact = z.infer<typeof Artifact>

/** Every file a job can offer: what it is called, what it is, and the word of `spec.artifacts` that asks for it. */
export const ARTIFACT_FILES = {
  'model.sparse.safetensors': {
    word: 'sparse',
    mediaType: 'application/vnd.safetensors',
    description: 'The weights, zeros left out; a legal safetensors file (docs/sparse-safetensors.md)',
  },
  'model.safetensors': {
    word: 'safetensors',
    mediaType: 'application/vnd.safetensors',
    description: 'The weights, dense float32 in the layout of TensorFlow',
  },
  'metrics.csv': {
    word: undefined,
    mediaType: 'text/csv; charset=utf-8',
    description: 'One row an epoch: losses, accuracies, sparsity, rate',
  },
} as const
export type ArtifactName = keyof typeof ARTIFACT_FILES

export function isArtifactName(name: string): name is ArtifactName {
  return Object.hasOwn(ARTIFACT_FILES, name)
}
