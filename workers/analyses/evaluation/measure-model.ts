import { activationOf } from '#domain/loss.ts'
import { outputCount } from '#domain/topology-of.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { targetsOf } from '#workers/data/batch-tensors.ts'
import type { Batch } from '#workers/data/batches.ts'
import type { Split } from '#workers/data/examples.ts'
import { evaluateModel, type Predicted } from '#workers/training/evaluate-model.ts'
import type { Means } from '#workers/training/means.ts'
import type { ClassPredictions } from './class-metrics.ts'
import type { Estimates } from './target-metrics.ts'

/** The predictions of a model for a split, in the form that its loss implies. */
export type Predictions =
  /** One of several classes: a softmax, or one sigmoid for two classes. */
  | { form: 'class'; classes: number; values: ClassPredictions }
  /** Several sigmoids: yes or no for each of `width` labels, [examples, width], row-major. */
  | { form: 'labels'; width: number; values: Pick<ClassPredictions, 'labels' | 'predicted'> }
  | { form: 'numbers'; values: Estimates }

export interface Measured {
  means: Means
  predictions: Predictions
}

/** Collects predictions batch by batch. */
interface Collector {
  add(batch: Batch, predicted: Predicted): void
  predictions: Predictions
}

/** @param advance called with the number of evaluated examples after each batch */
export async function measureModel(
  model: TrainedModel,
  split: Split,
  signal: AbortSignal,
  advance: (examples: number) => Promise<void>,
): Promise<Measured> {
  const collector = collectorFor(model, split.indices.length)
  let examples = 0
  const means = await evaluateModel(model, split, signal, async (batch, predicted) => {
    collector.add(batch, predicted)
    examples += batch.size
    await advance(examples)
  })
  return { means, predictions: collector.predictions }
}

function collectorFor({ spec }: TrainedModel, count: number): Collector {
  const outputs = outputCount(spec.model)
  switch (activationOf(spec.loss)) {
    case 'softmax':
      return classCollector(outputs, count)
    case 'sigmoid':
      return outputs === 1 ? binaryCollector(count) : labelsCollector(outputs, count)
    case 'linear':
      return numbersCollector(outputs, count)
  }
}

function classCollector(classes: number, count: number): Collector {
  const values = emptyPredictions(count)
  let at = 0
  return {
    add({ labels, size }, { outputs, decisions }) {
      values.labels.set(labels, at)
      values.predicted.set(decisions, at)
      for (let row = 0; row < size; row++)
        values.probability[at + row] = outputs[row * classes + decisions[row]!]!
      at += size
    },
    predictions: { form: 'class', classes, values },
  }
}

/** The probability of class 1 is the output, that of class 0 its complement. */
function binaryCollector(count: number): Collector {
  const values = emptyPredictions(count)
  let at = 0
  return {
    add({ labels, size }, { outputs, decisions }) {
      values.labels.set(targetsOf(labels, size, 1).map(isYes), at)
      values.predicted.set(decisions, at)
      values.probability.set(
        outputs.map((yes, row) => (decisions[row] === 1 ? yes : 1 - yes)),
        at,
      )
      at += size
    },
    predictions: { form: 'class', classes: 2, values },
  }
}

function emptyPredictions(count: number) {
  return {
    labels: new Int32Array(count),
    predicted: new Int32Array(count),
    probability: new Float32Array(count),
  }
}

function labelsCollector(width: number, count: number): Collector {
  const values = { labels: new Uint8Array(count * width), predicted: new Uint8Array(count * width) }
  let at = 0
  return {
    add({ labels, size }, { decisions }) {
      values.labels.set(targetsOf(labels, size, width).map(isYes), at)
      values.predicted.set(decisions, at)
      at += size * width
    },
    predictions: { form: 'labels', width, values },
  }
}

function numbersCollector(width: number, count: number): Collector {
  const values = { targets: new Float32Array(count * width), outputs: new Float32Array(count * width), width }
  let at = 0
  return {
    add({ labels, size }, { outputs }) {
      values.targets.set(targetsOf(labels, size, width), at)
      values.outputs.set(outputs, at)
      at += size * width
    },
    predictions: { form: 'numbers', values },
  }
}

/** As the accuracy of a sigmoid counts targets. */
function isYes(target: number): number {
  return Number(target > 0.5)
}
