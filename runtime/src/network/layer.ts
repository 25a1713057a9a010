import { type Activation, FUNCTIONS, type Shape } from '../graph.ts'
import type { GraphBuilder, NodeSpec } from './graph-builder.ts'
import { LayerOptions } from './layer-options.ts'
import type { Weights } from './weights.ts'

/** Makes the nodes of a layer. Returns the index of the one that computes its output. */
export type BuildLayer = (layer: Layer) => number

const LEAKY_SLOPE = 0.2
const ACTIVATIONS = [...FUNCTIONS, 'softmax'] as const

type Activated<Node> = Node extends { activation: Activation } ? Omit<Node, 'activation'> : never

/** A layer of a topology: its options, its inputs, its weights, and the graph that its nodes go to. */
export class Layer extends LayerOptions {
  /** The nodes of its inputs. */
  readonly inputs: readonly number[]
  readonly #graph: GraphBuilder
  readonly #weights: Weights

  constructor(
    options: Readonly<Record<string, unknown>>,
    inputs: readonly number[],
    { graph, weights }: { graph: GraphBuilder; weights: Weights },
  ) {
    super(options)
    this.inputs = inputs
    this.#graph = graph
    this.#weights = weights
  }

  /** The only input. */
  get input(): number {
    if (this.inputs.length !== 1) this.refuse(`takes one input, not ${this.inputs.length}`)
    return this.inputs[0]!
  }

  /** The shape of the only input. */
  get shape(): Shape {
    return this.shapeOf(this.input)
  }

  /** The shapes of all inputs. */
  get shapes(): readonly Shape[] {
    return this.inputs.map(input => this.shapeOf(input))
  }

  /** The shape of an only input that is an image. */
  image(): readonly [height: number, width: number, channels: number] {
    const [height, width, channels] = this.#inputOf(3, 'an image')
    return [height!, width!, channels!]
  }

  /** The shape of an only input that is a sequence. */
  sequence(): readonly [steps: number, features: number] {
    const [steps, features] = this.#inputOf(2, 'a sequence')
    return [steps!, features!]
  }

  #inputOf(rank: number, what: string): Shape {
    return this.shape.length === rank ? this.shape : this.refuse(`takes ${what}, not [${this.shape}]`)
  }

  shapeOf(node: number): Shape {
    return this.#graph.nodes[node]!.shape
  }

  /** @param word the name of the tensor after that of the layer */
  weight(word: string, shape: Shape): Float32Array {
    return this.#weights.read(`${this.name}/${word}`, shape)
  }

  /** The bias of the layer as a field of a node, if it has one. */
  bias(outputs: number): { bias?: Float32Array } {
    return this.has('biasInitializer') ? { bias: this.weight('bias', [outputs]) } : {}
  }

  /** @param inputs by default those of the layer */
  add(node: NodeSpec, inputs = this.inputs): number {
    return this.#graph.add(this.name, inputs, node)
  }

  /** A kernel of zeros that has more weights than the layer stores. */
  expandedKernel(weights: number): Float32Array<ArrayBuffer> {
    return this.#graph.expandedKernel(weights)
  }

  reshape(node: number, shape: Shape): number {
    return this.#graph.reshape(this.name, node, shape)
  }

  /** Adds a node with the activation that the layer has as an option: as a part of it, or, for softmax, as a second node. */
  addActivated(node: Activated<NodeSpec>, inputs = this.inputs): number {
    const name = this.choice('activation', ACTIVATIONS)
    const activation: Activation =
      name === 'leakyRelu' ? { name, slope: LEAKY_SLOPE } : { name: name === 'softmax' ? 'linear' : name }
    const output = this.add({ ...node, activation } as NodeSpec, inputs)
    return name === 'softmax' ? this.add({ op: 'softmax', shape: node.shape }, [output]) : output
  }
}
