import type { ModelFacts } from './embedded-model.ts'

/** An output under its name. */
export interface NamedOutput {
  name: string
  value: number
}

/** What a model answers about one example. */
export interface Outcome {
  /** The predicted class; undefined for a model that predicts numbers. */
  verdict: string | undefined
  /** Probabilities in descending order, or numbers in the order of the outputs. */
  outputs: NamedOutput[]
  areProbabilities: boolean
}

/** Names the outputs of a model as `POST /v1/jobs/JOB/predict` does. */
export function outcomeOf(
  { classes, targets, outputActivation }: ModelFacts,
  outputs: Float32Array,
): Outcome {
  const areProbabilities = outputActivation !== 'linear'
  // A single probability is that of the second of two classes.
  const isBinary = areProbabilities && outputs.length === 1 && classes.length === 2
  const values = isBinary ? [1 - outputs[0]!, outputs[0]!] : [...outputs]
  const isClassified = classes.length === values.length
  const names = isClassified ? classes : targets
  const named = values.map((value, index) => ({ name: names[index] ?? `output ${index}`, value }))
  if (areProbabilities) named.sort((a, b) => b.value - a.value)
  return { verdict: isClassified ? largest(named).name : undefined, outputs: named, areProbabilities }
}

function largest(outputs: readonly NamedOutput[]): NamedOutput {
  return outputs.reduce((best, output) => (output.value > best.value ? output : best))
}
