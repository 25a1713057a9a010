import { z } from 'zod'
import { converter } from '#interchange/keras/options.ts'
import type { MERGING_LAYERS } from '#network/layers/merging.ts'
import type { KerasCodec, KerasCodecs } from './keras-codec.ts'

type MergingType = keyof typeof MERGING_LAYERS

const elementwise = (type: MergingType, class_name: string): KerasCodec<MergingType> => ({
  read: { [class_name]: converter({}, () => ({ type })) },
  write: () => ({ class_name, config: {} }),
})

export const MERGING_CODECS: KerasCodecs<MergingType> = {
  add: elementwise('add', 'Add'),
  multiply: elementwise('multiply', 'Multiply'),
  average: elementwise('average', 'Average'),
  concatenate: {
    read: {
      // Whether that is the last axis depends on the inputs: check-layers.ts checks it.
      Concatenate: converter({ axis: z.int().default(-1) }, () => ({ type: 'concatenate' })),
    },
    write: () => ({ class_name: 'Concatenate', config: { axis: -1 } }),
    hasAxis: true,
  },
}
