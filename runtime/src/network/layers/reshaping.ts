import { elementCount } from '../../shape.ts'
import type { BuildLayer } from '../layer.ts'

export const RESHAPING_LAYERS: Readonly<Record<string, BuildLayer>> = {
  zeroPadding2d(layer) {
    const [height, width, channels] = layer.image()
    const margins = layer.margins('padding')
    const { top, bottom, left, right } = margins
    return layer.add({
      op: 'padding',
      margins,
      shape: [top + height + bottom, left + width + right, channels],
    })
  },

  cropping2d(layer) {
    const [height, width, channels] = layer.image()
    const margins = layer.margins('cropping')
    const { top, bottom, left, right } = margins
    return layer.add({
      op: 'cropping',
      margins,
      shape: [height - top - bottom, width - left - right, channels],
    })
  },

  upSampling2d(layer) {
    const [height, width, channels] = layer.image()
    const times = layer.sides('size')
    return layer.add({ op: 'upsampling', times, shape: [height * times[0], width * times[1], channels] })
  },

  repeatVector(layer) {
    const { shape } = layer
    if (shape.length !== 1) layer.refuse(`takes a vector, not [${shape}]`)
    const times = layer.size('times')
    return layer.add({ op: 'repetition', times, shape: [times, shape[0]!] })
  },

  reshape: layer => layer.reshape(layer.input, layer.lengths('shape', elementCount(layer.shape))),

  flatten: layer => layer.reshape(layer.input, [elementCount(layer.shape)]),

  /** Only training drops units. */
  dropout: layer => layer.input,
}
