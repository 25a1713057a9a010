import { z } from 'zod'
import { converter, only } from '#interchange/keras/options.ts'
import type { PerChannel } from '#network/layers/options.ts'
import type { PREPROCESSING_LAYERS } from '#network/layers/preprocessing.ts'
import type { KerasCodecs } from './keras-codec.ts'

const MOST_CHANNELS = 100_000
const LARGEST_FLOAT = 3.4028234663852886e38
/** A number that float32 can hold. */
const float = z.number().min(-LARGEST_FLOAT).max(LARGEST_FLOAT)
const ONE_A_CHANNEL = 'must be a finite number, or a list of one per channel'

/** One number, or a list of one per channel, which Keras may nest in lists of length one: [[[1, 2, 3]]]. */
const perChannel = z.unknown().transform((value, context): PerChannel => {
  let values = value
  while (Array.isArray(values) && values.length === 1 && Array.isArray(values[0])) [values] = values
  const { data } = z.union([float, z.array(float).min(1).max(MOST_CHANNELS)]).safeParse(values)
  if (data === undefined) context.addIssue(ONE_A_CHANNEL)
  return data ?? 0
})
const optionalPerChannel = z.union([z.null().transform(() => undefined), perChannel]).optional()

/** Whether that is the last axis depends on the input: check-layers.ts checks it. */
const axis = z
  .unknown()
  .refine(
    value => [value].flat().length === 1 && Number.isInteger([value].flat()[0]),
    'must be -1, the last: one mean and variance per channel',
  )

const normalization = converter(
  {
    axis: axis.default(-1),
    mean: optionalPerChannel,
    variance: optionalPerChannel.refine(
      value => value === undefined || [value].flat().every(one => one >= 0),
      'must not be negative',
    ),
    invert: only(false),
  },
  ({ mean, variance }) => ({
    type: 'normalization',
    ...(mean !== undefined && variance !== undefined && { mean, variance }),
  }),
)

export const PREPROCESSING_CODECS: KerasCodecs<keyof typeof PREPROCESSING_LAYERS> = {
  rescaling: {
    read: {
      Rescaling: converter({ scale: perChannel, offset: perChannel.default(0) }, ({ scale, offset }) => ({
        type: 'rescaling',
        scale,
        offset,
      })),
    },
    write: ({ layer: { scale, offset } }) => ({ class_name: 'Rescaling', config: { scale, offset } }),
  },
  normalization: {
    read: {
      Normalization: config => {
        const { mean, variance } = config as { mean?: unknown; variance?: unknown }
        if ((mean == null) === (variance == null)) return normalization(config)
        const path = [mean == null ? 'mean' : 'variance']
        const message = 'is required: give mean and variance together'
        return { issue: { code: 'custom', path, message, input: config } }
      },
    },
    write: ({ layer: { mean = null, variance = null } }) => ({
      class_name: 'Normalization',
      config: { axis: -1, mean, variance, invert: false },
    }),
    hasAxis: true,
  },
}
