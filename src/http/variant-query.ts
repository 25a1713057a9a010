import { z } from 'zod'
import { ArtifactVariant } from '#domain/artifact.ts'

/** The query parameters that select a variant of a file. */
export const VariantQuery = ArtifactVariant.extend({
  runtime: z
    .enum(['browser', ''])
    .transform(() => 'browser' as const)
    .optional()
    .describe(`${ArtifactVariant.shape.runtime.unwrap().description} \`?runtime\` alone is the same.`),
})
