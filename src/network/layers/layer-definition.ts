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
 * The properties of a layer type that a network needs. Every field without a question mark is required: a new layer gets no default by
 * accident.
 */
export interface LayerDefinition<Schema extends z.ZodRawShape = z.ZodRawShape> {
  /**
   * The options besides `type`, `name` and `inputs`. Keys are in the order in which layers of Keras models are converted, so that the same
   * network has the same JSON text, whatever the order of the client's keys.
   */
  schema: Schema
  inputs: InputCheck
  /** Describes a mistake in the options, given the shapes, as the part of a sentence after the layer's name. */
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

/** For a layer without variables. */
export const WITHOUT_VARIABLES = { variables: () => [], statistics: () => [], flops: () => [] }

export const keepsOutput = ({ outputShape }: { outputShape: Shape }) => elementCount(outputShape)
export const keepsNothing = () => 0
