import * as tf from '@tensorflow/tfjs'
import { unzipSync } from 'fflate'

/** The model in a `model.tfjs.zip`, as TensorFlow.js itself loads it. */
export async function loadTfjs(zip: Uint8Array): Promise<tf.LayersModel> {
  const files = unzipSync(zip)
  const { modelTopology, weightsManifest } = JSON.parse(new TextDecoder().decode(files['model.json']))
  const weightData = files['weights.bin']!.slice().buffer
  return tf.loadLayersModel(
    tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData }),
  )
}
