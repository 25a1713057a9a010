import { z } from 'zod'
import { isDeeperThan, MOST_LEVELS, TOO_DEEP } from '#network/json-depth.ts'
import { PRESET_NAMES } from '#network/presets/preset-names.ts'
import type { Topology } from '#network/topology.ts'
import { ModelName, ModelReference } from './model-reference.ts'
import { Name } from './name.ts'

const PresetModel = z.strictObject({
  preset: z
    .enum(PRESET_NAMES)
    .describe('A built-in model with the training defaults of its original experiment.'),
  classes: z
    .int()
    .min(2)
    .max(10_000)
    .optional()
    .describe('Number of outputs; by default that of the original experiment.'),
})
/** The error for a spec that was copied from a list. */
const LEFT_OUT =
  'is null because lists omit it; take the spec from GET /v1/jobs/:jobId, or from the list with include=topology'

/** `model` in a request. */
export const ModelRequest = z.union([
  PresetModel,
  z.strictObject({
    topology: z
      .looseObject({}, { error: ({ input }) => (input === null ? LEFT_OUT : undefined) })
      .refine(json => !isDeeperThan(MOST_LEVELS, json), TOO_DEEP)
      .describe(
        'A network of your own: the output of model.to_json() of Keras 2 or 3, the model.json of TensorFlow.js, or { inputShape, layers } from the spec of a job.',
      ),
  }),
])
export type ModelRequest = z.infer<typeof ModelRequest>

/** `model` in a job request: the same, or an uploaded or registered model. */
export const ModelSelection = z.union([
  ...ModelRequest.options,
  z.strictObject({
    id: ModelReference.describe(
      'An uploaded model, or a registered one. A name without a version is its newest version.',
    ),
    weights: z
      .boolean()
      .optional()
      .describe(
        'Whether training starts from the weights of the model. The default is true if it has weights and `init` does not name others. With false, only its network is used.',
      ),
  }),
])

/** The part `spec` of a model upload: the name, and the network unless a file contains it. */
export const ModelUploadRequest = z
  .strictObject({
    name: Name,
    ...ModelRequest.options[0].partial().shape,
    ...ModelRequest.options[1].partial().shape,
  })
  .refine(({ preset, topology }) => !preset || !topology, {
    path: ['preset'],
    error: 'must not be given together with `topology`: give one of them',
  })
  .meta({ id: 'ModelUploadRequest', examples: [{ name: 'my network' }] })

/** The JSON body of `POST /v1/models`: the model of a job becomes the next version of a name. */
export const RegistrationRequest = z
  .strictObject({
    jobId: z.string().min(1).max(100).describe('A job that has ended or is paused.'),
    checkpoint: z
      .union([z.enum(['best', 'latest']), z.int().min(1)])
      .optional()
      .describe(
        '`best`, `latest`, or the number of an epoch; the model of the job by default: its last completed epoch, or its best one with `earlyStopping`.',
      ),
    name: ModelName,
  })
  .meta({
    id: 'RegistrationRequest',
    examples: [{ jobId: 'job_01kb6f3v8000000abcdefghjkm', name: 'digits' }],
  })
export type RegistrationRequest = z.infer<typeof RegistrationRequest>

/** A topology is checked before it becomes part of a spec. */
const TopologyShape = z.object({
  inputShape: z.array(z.int()),
  layers: z.array(z.looseObject({ type: z.string(), name: z.string() })),
})

/** `model` in the spec of a job, where a network of your own is a Topology. */
export const ModelSpec = z.union([
  PresetModel,
  z.object({ topology: TopologyShape as unknown as z.ZodType<Topology> }),
])
export type ModelSpec = z.infer<typeof ModelSpec>
