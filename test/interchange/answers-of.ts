import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import type { Warning } from '#domain/event.ts'
import type { ModelRequest } from '#domain/model-spec.ts'
import { decodeCheckpoint } from '#formats/checkpoint.ts'
import { importModel } from '#interchange/import-model.ts'
import { networkOf } from '#interchange/network-of.ts'
import { elementCount } from '#network/shape.ts'
import { predict } from '#test/support/predict.ts'
import { recordOf } from '#test/support/record.ts'

/** The answers of a classifier from uploaded files to some inputs, and the warnings of the upload. */
export async function answersOf(
  paths: readonly string[],
  inputs: readonly number[],
  model?: ModelRequest,
): Promise<{ answers: Float32Array; warnings: readonly Warning[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'thresher-answers-'))
  try {
    const files = paths.map(path => ({ name: basename(path), path }))
    const { model: read, checkpoint, warnings } = await importModel({ model, files }, folder)
    const { params, statistics = [] } = decodeCheckpoint(await readFile(checkpoint!)).checkpoint.state
      .variables
    const topology = networkOf(read)
    const batch = inputs.length / elementCount(topology.inputShape)
    const { spec } = recordOf('mnist-mlp', 0)
    const trained = { spec, topology, weights: params!, statistics, step: 0 }
    const logits = predict(trained, Float32Array.from(inputs), batch)
    const answers = tf.tidy(() => tf.softmax(tf.tensor2d(logits, [batch, logits.length / batch])).dataSync())
    return { answers: answers as Float32Array, warnings }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
