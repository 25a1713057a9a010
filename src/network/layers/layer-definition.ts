import type { z } from 'zod'
import { elementCount, type Shape } from '#network/shape.ts'
import type { Statistic, Variable } from '#network/variable.ts'
import type { InputCheck } from './input-check.ts'

type Named<Schema extends z.ZodRawShape> = z.output<z.ZodObject<Schema & { name: z.ZodString }>>

/** A layer with the shapes of its first input and of its output. */
export interface LayerPlace<Layer> {
  layer: Layer
  inputShape: Shape
  outputShape: Shape
}

/**
 * What a network must know of a type of layer. Every field without a question mark has to be given: there is no default that a new
 * layer would get by accident.
 */
export interface LayerDefinition<Schema extends z.ZodRawShape = z.ZodRawShape> {
  /**
   * The options besides `type`, `name` and `inputs`. Keys stand in the order in which layers of Keras models are converted, so that the
   * same network is the same text however a client has ordered its keys.
   */
  schema: Schema
  inputs: InputCheck
  /** Says what is wrong with the options, given the shapes, as what follows the layer's name in a sentence. */
  optionsMistake?(place: LayerPlace<Named<Schema>>): string | undefined
  /** @throws Error that names the layer, if there is no such shape */
  outputShape(layer: Named<Schema>, inputs: readonly Shape[]): Shape
  /** In model order: kernel before bias, gamma before beta. */
  variables(place: LayerPlace<Named<Schema>>): Variable[]
  statistics(place: LayerPlace<Named<Schema>>): Statistic[]
  /** Floating-point operations of one example's forward pass: one number for each of its matrix products and convolutions, in order. */
  flops(place: LayerPlace<Named<Schema>>): number[]
  /** Floats of one example that the forward pass must keep for the backward pass, as measured: 0 for layers that are fused with others. */
  keptActivations(place: LayerPlace<Named<Schema>>): number
  /** Steps that are unrolled into the graph. */
  unrolledSteps?(place: LayerPlace<Named<Schema>>): number
  /**
   * Where the elements of the output come from: each from the element at the same position (`inPlace`), unchanged from other positions
   * (`moved`; new positions hold zeros), or anything else (`mixed`).
   */
  elements: 'inPlace' | 'moved' | 'mixed'
  /** Whether a network that begins with it scales its examples itself. */
  scalesExamples?: true
}

/** Infers the type of the options from their schema. */
export function defineLayer<Schema extends z.ZodRawShape>(
  definition: LayerDefinition<Schema>,
): LayerDefinition<Schema> {
  return definition
}

/** Of a layer with nothing to learn. */
export const WITHOUT_VARIABLES = { variables: () => [], statistics: () => [], flops: () => [] }

export const keepsOutput = ({ outputShape }: { outputShape: Shape }) => elementCount(outputShape)
export const keepsNothing = () => 0
