import { functionalConfig } from './layers-config.ts'
import type { TrainedModel } from './trained-model.ts'
import { zipFiles } from './zip.ts'

/** What TensorFlow.js calls variables of more than one word. */
const TFJS_WORDS: Readonly<Record<string, string>> = {
  depthwiseKernel: 'depthwise_kernel',
  pointwiseKernel: 'pointwise_kernel',
  movingMean: 'moving_mean',
  movingVariance: 'moving_variance',
}

/** A zip of `model.json` and `weights.bin`, which `tf.loadLayersModel` reads. */
export function encodeTfjs({ topology, weights, statistics }: TrainedModel): Uint8Array {
  const tensors = [...weights, ...statistics]
  const manifest = {
    format: 'layers-model',
    generatedBy: 'thresher',
    convertedBy: null,
    modelTopology: {
      keras_version: '2.15.0',
      backend: 'tensorflow',
      model_config: { class_name: 'Functional', config: functionalConfig(topology, 'tfjs') },
    },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: tensors.map(({ name, shape }) => ({ name: tfjsName(name), shape, dtype: 'float32' })),
      },
    ],
  }
  return zipFiles({
    'model.json': new TextEncoder().encode(JSON.stringify(manifest)),
    'weights.bin': Buffer.concat(
      tensors.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
    ),
  })
}

function tfjsName(name: string): string {
  return name.replace(/[^/]+$/, word => TFJS_WORDS[word] ?? word)
}
