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
    return layer.add({
      op: 'upsampling',
      times,
      zeros: false,
      shape: [height * times[0], width * times[1], channels],
    })
  },

  repeatVector(layer) {
    const { shape } = layer
    if (shape.length !== 1) layer.refuse(`takes a vector, not [${shape}]`)
    const [times, width] = [layer.size('times'), shape[0]!]
    const pixel = layer.reshape(layer.input, [1, 1, width])
    const row = layer.add({ op: 'upsampling', times: [1, times], zeros: false, shape: [1, times, width] }, [
      pixel,
    ])
    return layer.reshape(row, [times, width])
  },

  reshape: layer => layer.reshape(layer.input, layer.lengths('shape', elementCount(layer.shape))),

  flatten: layer => layer.reshape(layer.input, [elementCount(layer.shape)]),

  /** Only training drops units. */
  dropout: layer => layer.input,
}
