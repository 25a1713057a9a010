import { z } from 'zod'
import { type Converter, converter, last, margins, only } from '#interchange/keras/options.ts'
import type { PerChannel } from '#network/layers/options.ts'

const MOST_CHANNELS = 100_000
const LARGEST_FLOAT = 3.4028234663852886e38
/** What float32 can hold. */
const float = z.number().min(-LARGEST_FLOAT).max(LARGEST_FLOAT)
const ONE_A_CHANNEL = 'must be a finite number or a list of them, one a channel'

/** One number, or one a channel as a list, which Keras may have nested in lists of one: [[[1, 2, 3]]]. */
const perChannel = z.unknown().transform((value, context): PerChannel => {
  let values = value
  while (Array.isArray(values) && values.length === 1 && Array.isArray(values[0])) [values] = values
  const { data } = z.union([float, z.array(float).min(1).max(MOST_CHANNELS)]).safeParse(values)
  if (data === undefined) context.addIssue(ONE_A_CHANNEL)
  return data ?? 0
})
const given = z.union([z.null().transform(() => undefined), perChannel]).optional()

/** Which axis that is depends on the input: keras-model.ts sees to it. */
const axis = z
  .unknown()
  .refine(
    value => [value].flat().length === 1 && Number.isInteger([value].flat()[0]),
    'must be -1, the last: one mean and variance a channel',
  )

const normalization = converter(
  {
    axis: axis.default(-1),
    mean: given,
    variance: given.refine(
      value => value === undefined || [value].flat().every(one => one >= 0),
      'must not be negative',
    ),
    invert: only(false),
  },
  ({ mean, variance }) => ({
    type: 'normalization',
    ...(mean !== undefined && { mean, variance }),
  }),
)

/** Layers that prepare examples. */
export const PREPROCESSING_LAYERS: Readonly<Record<string, Converter>> = {
  Rescaling: converter({ scale: perChannel, offset: perChannel.default(0) }, ({ scale, offset }) => ({
    type: 'rescaling',
    scale,
    offset,
  })),
  Normalization: config => {
    const { mean, variance } = config as { mean?: unknown; variance?: unknown }
    const lone = (mean == null) !== (variance == null) && (mean == null ? 'mean' : 'variance')
    if (!lone) return normalization(config)
    const message = 'must be given where the other of mean and variance is'
    return { issue: { code: 'custom', path: [lone], message, input: config } }
  },
  Cropping2D: converter({ cropping: margins.default(0), data_format: last }, ({ cropping }) => ({
    type: 'cropping2d',
    cropping,
  })),
}
