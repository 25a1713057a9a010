import type { CompiledModel } from './engine/compile.ts'
import { type Examples, flattenExamples } from './examples.ts'
import type { Graph, Shape } from './graph.ts'
import type { LayerWeights } from './network/layer-weights.ts'
import type { OutputActivation } from './network/trained-network.ts'
import { elementCount } from './shape.ts'
import { checkTokens } from './tokens.ts'

/** The class of an example. */
export interface Classification {
  /** From 0; null if an output is not finite. */
  class: number | null
  /** The name of the class, if the model has names. */
  label: string | null
  probability: number | null
}

/** What is known of a model besides its graph. */
export interface ModelFacts {
  classes: readonly string[]
  outputActivation: OutputActivation
  layers: readonly LayerWeights[]
  /** The number of the model's parameters, and the share of them that is zero. */
  parameters: number
  sparsity: number
}

/** Frees what belongs to models that are garbage and that nothing disposed of: native memory, and threads. */
const forgotten = new FinalizationRegistry<CompiledModel>(compiled => compiled.dispose())

/** A model that is ready to predict. */
export class Model {
  /** The shape of an example, without the number of examples: images are [height, width, channels]. */
  readonly inputShape: Shape
  /** The numbers that it predicts for an example. */
  readonly outputCount: number
  /** Names of the classes; empty for a model that predicts numbers. */
  readonly classes: readonly string[]
  /** The number of its parameters: all weights but the statistics of normalizations. */
  readonly parameters: number
  /** The share of its parameters that are zero. */
  readonly sparsity: number
  /** Its layers with weights. */
  readonly layers: readonly LayerWeights[]
  readonly #graph: Graph
  readonly #compiled: CompiledModel
  readonly #outputActivation: OutputActivation
  #isDisposed = false

  constructor(
    graph: Graph,
    compiled: CompiledModel,
    { classes, outputActivation, layers, parameters, sparsity }: ModelFacts,
  ) {
    this.inputShape = graph.nodes[0]!.shape
    this.outputCount = elementCount(graph.nodes.at(-1)!.shape)
    this.classes = classes
    this.parameters = parameters
    this.sparsity = sparsity
    this.layers = layers
    this.#graph = graph
    this.#compiled = compiled
    this.#outputActivation = outputActivation
    forgotten.register(this, compiled, this)
  }

  /** What computes, such as `native avx512` or `wasm relaxed`. */
  get backend(): string {
    return this.#compiled.backend
  }

  /**
   * Predicts what `POST /v1/jobs/JOB/predict` answers, to 1e-5. It computes at once, on the threads of the model.
   *
   * @param x examples as the dataset stores them: pixels from 0 to 255, numbers of a table, tokens
   * @returns [count, outputs], row-major: probabilities, or numbers of a regression
   * @throws RangeError for numbers that are not whole examples, and for tokens that the model does not know; Error after `dispose`
   */
  predict(x: Examples): Float32Array {
    if (this.#isDisposed) throw new Error('The model was disposed of: load it again.')
    const inputs = flattenExamples(x, this.inputShape)
    checkTokens(inputs, this.#graph)
    return this.#compiled.run(inputs, inputs.length / elementCount(this.inputShape))
  }

  /** The most probable class of each example. @throws Error for a model without probabilities; as `predict` does */
  classify(x: Examples): Classification[] {
    if (this.#outputActivation === 'linear')
      throw new Error('The outputs of this model are no probabilities: use predict.')
    const [outputs, width] = [this.predict(x), this.outputCount]
    return Array.from({ length: outputs.length / width }, (_, row) =>
      this.#classOf(outputs.subarray(row * width, (row + 1) * width)),
    )
  }

  /** Frees the memory of the model and ends its threads. */
  dispose(): void {
    this.#isDisposed = true
    forgotten.unregister(this)
    this.#compiled.dispose()
  }

  /** A single output is the probability of class 1; of exactly one half, class 0. */
  #classOf(row: Float32Array): Classification {
    if (!row.every(Number.isFinite)) return { class: null, label: null, probability: null }
    const likeliest = row.indexOf(Math.max(...row))
    const index = row.length > 1 ? likeliest : Number(row[0]! > 0.5)
    const probability = row.length > 1 || index === 1 ? row[likeliest]! : 1 - row[0]!
    return { class: index, label: this.classes[index] ?? null, probability }
  }
}
