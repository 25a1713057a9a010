import type { GraphNode } from '../graph.ts'
import { ModelError } from '../model-error.ts'
import { elementCount } from '../shape.ts'

type WithoutDefaults<Node> = Node extends GraphNode ? Omit<Node, 'name' | 'inputs'> : never
/** A node without its name and its inputs. */
export type NodeSpec = WithoutDefaults<GraphNode>

/** Of one example. */
const MAX_ACTIVATIONS = 250_000_000
/** Of all expanded kernels: 2 GiB. */
const MAX_EXPANDED_WEIGHTS = 2 ** 29

/** Collects the nodes of a graph in the order of computation. */
export class GraphBuilder {
  readonly nodes: GraphNode[] = []
  readonly #names = new Set<string>()
  #activations = 0
  #expandedWeights = 0

  /** @returns the index of the node, whose name is that of the layer, with a number if the layer has several. @throws ModelError for an empty output, or for more activations than memory could hold */
  add(name: string, inputs: readonly number[], spec: NodeSpec): number {
    const { shape } = spec
    if (!shape.every(length => Number.isSafeInteger(length) && length >= 1))
      throw new ModelError(`layer "${name}" has an empty output: [${shape}]`)
    this.#activations += elementCount(shape)
    if (!(this.#activations <= MAX_ACTIVATIONS))
      throw new ModelError(`the network has more than ${MAX_ACTIVATIONS} activations for an example`)
    return this.nodes.push({ name: this.#nameFor(name), inputs, ...spec } as GraphNode) - 1
  }

  /** A kernel of zeros that has more weights than the layer stores. @throws ModelError for more than memory could hold in all */
  expandedKernel(weights: number): Float32Array<ArrayBuffer> {
    this.#expandedWeights += weights
    if (!(this.#expandedWeights <= MAX_EXPANDED_WEIGHTS))
      throw new ModelError(
        `the depthwise convolutions of the network take more than ${MAX_EXPANDED_WEIGHTS} weights as dense convolutions`,
      )
    return new Float32Array(weights)
  }

  /** The same elements in another shape; the node itself if it has that shape. */
  reshape(name: string, node: number, shape: readonly number[]): number {
    if (String(this.nodes[node]!.shape) === String(shape)) return node
    return this.add(name, [node], { op: 'reshaping', shape })
  }

  #nameFor(layer: string): string {
    let name = layer
    for (let number = 2; this.#names.has(name); number++) name = `${layer}/${number}`
    this.#names.add(name)
    return name
  }
}
