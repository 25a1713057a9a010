import { converter, extent, last, lengths, margins, only, size } from '#interchange/keras/options.ts'
import type { RESHAPING_LAYERS } from '#network/layers/reshaping.ts'
import { marginsOf, sidesOf } from '#network/shape.ts'
import type { KerasCodecs } from './keras-codec.ts'

export const RESHAPING_CODECS: KerasCodecs<keyof typeof RESHAPING_LAYERS> = {
  zeroPadding2d: {
    read: {
      ZeroPadding2D: converter({ padding: margins, data_format: last }, ({ padding }) => ({
        type: 'zeroPadding2d',
        padding,
      })),
    },
    write: ({ layer }) => ({
      class_name: 'ZeroPadding2D',
      config: { padding: marginsOf(layer.padding), data_format: 'channels_last' },
    }),
  },
  cropping2d: {
    read: {
      Cropping2D: converter({ cropping: margins.default(0), data_format: last }, ({ cropping }) => ({
        type: 'cropping2d',
        cropping,
      })),
    },
    write: ({ layer }) => ({
      class_name: 'Cropping2D',
      config: { cropping: marginsOf(layer.cropping), data_format: 'channels_last' },
    }),
  },
  upSampling2d: {
    read: {
      UpSampling2D: converter(
        { size: extent.default(2), interpolation: only('nearest'), data_format: last },
        ({ size }) => ({ type: 'upSampling2d', size }),
      ),
    },
    write: ({ layer }) => ({
      class_name: 'UpSampling2D',
      config: { size: sidesOf(layer.size), interpolation: 'nearest', data_format: 'channels_last' },
    }),
  },
  repeatVector: {
    read: { RepeatVector: converter({ n: size }, ({ n }) => ({ type: 'repeatVector', times: n })) },
    write: ({ layer }) => ({ class_name: 'RepeatVector', config: { n: layer.times } }),
  },
  reshape: {
    read: {
      Reshape: converter({ target_shape: lengths }, ({ target_shape: shape }) => ({
        type: 'reshape',
        shape,
      })),
    },
    write: ({ outputShape }) => ({ class_name: 'Reshape', config: { target_shape: outputShape } }),
  },
  flatten: {
    read: { Flatten: converter({ data_format: last }, () => ({ type: 'flatten' })) },
    write: () => ({ class_name: 'Flatten', config: {} }),
  },
}
