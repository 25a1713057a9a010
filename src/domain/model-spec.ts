import { z } from 'zod'
import { isDeeperThan, MOST_LEVELS, TOO_DEEP } from '#network/json-depth.ts'
import { PRESET_NAMES } from '#network/presets/preset-names.ts'
import type { Topology } from '#network/topology.ts'
import { Name } from './name.ts'

const PresetModel = z.strictObject({
  preset: z.enum(PRESET_NAMES).describe('A built-in model, trained as its original experiment was.'),
  classes: z
    .int()
    .min(2)
    .max(10_000)
    .optional()
    .describe('Outputs; those of the original experiment unless another number is given.'),
})
/** A spec from a list cannot be posted again as it is. */
const LEFT_OUT =
  'is null, as lists leave it out; take the spec from GET /v1/jobs/:jobId, or from the list with include=topology'

/** What a client posts as `model`. */
export const ModelRequest = z.union([
  PresetModel,
  z.strictObject({
    topology: z
      .looseObject({}, { error: ({ input }) => (input === null ? LEFT_OUT : undefined) })
      .refine(json => !isDeeperThan(MOST_LEVELS, json), TOO_DEEP)
      .describe(
        'A network of your own, as model.to_json() of Keras 2 or 3 or model.json of TensorFlow.js has it, or as the spec of a job has it: { inputShape, layers }.',
      ),
  }),
])
export type ModelRequest = z.infer<typeof ModelRequest>

/** What a job takes as `model`: the same, or an upload. */
export const ModelSelection = z.union([
  ...ModelRequest.options,
  z.strictObject({
    id: z
      .string()
      .regex(/^model_[0-9a-z]{26}$/, 'must be the id of an uploaded model')
      .describe('An upload.'),
    weights: z
      .boolean()
      .optional()
      .describe(
        'Whether training starts from the weights of the upload: true if it has any, unless `init` names others. False takes its network alone, with new weights.',
      ),
  }),
])

/** The part `spec` of an uploaded model: its name, and its network unless a file brings it. */
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

/** Checked before it becomes part of a spec. */
const TopologyShape = z.object({
  inputShape: z.array(z.int()),
  layers: z.array(z.looseObject({ type: z.string(), name: z.string() })),
})

/** The same in a job's spec, where a network of one's own is a Topology. */
export const ModelSpec = z.union([
  PresetModel,
  z.object({ topology: TopologyShape as unknown as z.ZodType<Topology> }),
])
export type ModelSpec = z.infer<typeof ModelSpec>
