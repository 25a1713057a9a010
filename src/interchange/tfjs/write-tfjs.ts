import { exportedGraph, type GraphVariant } from '#formats/exported-graph.ts'
import { modelFacts } from '#formats/model-metadata.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { zipFiles } from '#formats/zip.ts'
import { asRescalings } from '#interchange/as-rescalings.ts'
import { functionalConfig } from '#interchange/keras/layers-config.ts'
import { whyMissing } from '#interchange/missing-artifact.ts'
import { NothingToEncode } from '#interchange/nothing-to-encode.ts'
import { tfjsTopology } from './tfjs-topology.ts'

/** TensorFlow.js's names of variables with several words. */
const TFJS_WORDS: Readonly<Record<string, string>> = {
  depthwiseKernel: 'depthwise_kernel',
  pointwiseKernel: 'pointwise_kernel',
  recurrentKernel: 'recurrent_kernel',
  movingMean: 'moving_mean',
  movingVariance: 'moving_variance',
}

/**
 * A zip of `model.json` and `weights.bin` for `tf.loadLayersModel`. The model maps examples of the dataset to the outputs of `predict`.
 * @throws NothingToEncode for a network with layers that TensorFlow.js does not have
 */
export function encodeTfjs(model: TrainedModel, variant: GraphVariant = {}): Uint8Array {
  const { spec, weights } = model
  const reason = whyMissing('model.tfjs.zip', model.topology, spec.optimizer)
  if (reason) throw new NothingToEncode(reason)
  const { topology: exported, preprocessing, left } = exportedGraph(model, variant)
  const rescaled = asRescalings({ topology: exported, statistics: model.statistics })
  const { statistics } = rescaled
  const topology = tfjsTopology(rescaled.topology)
  const tensors = [...weights, ...statistics]
  const manifest = {
    format: 'layers-model',
    generatedBy: 'thresher',
    convertedBy: null,
    modelTopology: {
      keras_version: '2.15.0',
      backend: 'tensorflow',
      model_config: { class_name: 'Functional', config: functionalConfig(topology, 'tfjs', preprocessing) },
    },
    userDefinedMetadata: modelFacts(model, left),
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
  const [layer, ...rest] = name.split('/') as [string, ...string[]]
  const word = rest.at(-1)!
  // TensorFlow.js derives the names of both layers of a bidirectional one from its name.
  const way = rest.length > 1 ? [`${rest[0]}_${layer}`] : []
  return [layer, ...way, TFJS_WORDS[word] ?? word].join('/')
}
