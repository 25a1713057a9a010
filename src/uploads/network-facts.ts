import { AppError } from '#domain/error.ts'
import type { ModelRequest } from '#domain/model-spec.ts'
import { networkOf } from '#interchange/network-of.ts'
import type { Topology } from '#network/topology.ts'
import { parameterCount, variablesOf } from '#network/variables.ts'

/** The shapes of a network. */
export interface NetworkFacts {
  parameters: number
  /** Of one example. */
  inputShape: number[]
  /** The trainable ones, in the order of the network. */
  variables: { name: string; shape: number[]; size: number }[]
}

export function networkFacts(topology: Topology): NetworkFacts {
  return {
    parameters: parameterCount(topology),
    inputShape: [...topology.inputShape],
    variables: variablesOf(topology).map(({ name, shape, size }) => ({ name, shape: [...shape], size })),
  }
}

/** The same for an uploaded model; `refusal` says why this version cannot train it: an earlier one accepted more. */
export function uploadedNetworkFacts(model: ModelRequest): NetworkFacts & { refusal?: string } {
  try {
    return networkFacts(networkOf(model))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { parameters: 0, inputShape: [], variables: [], refusal: error.message }
  }
}
