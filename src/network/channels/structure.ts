import { z } from 'zod'
import { resolveNetwork } from '#network/network.ts'
import { forwardFlops } from '#network/step-flops.ts'
import type { Topology } from '#network/topology.ts'
import type { RemovedChannels } from './remove-channels.ts'

const change = (what: string) => z.object({ before: z.int(), after: z.int() }).describe(what)

/** What the removal of channels that do nothing has changed. */
export const Structure = z
  .object({
    parameters: change('Trainable parameters.'),
    multiplyAdds: change(
      'Multiply-adds of one example, in matrix products and convolutions, zeros included.',
    ),
    layers: z
      .array(z.object({ layer: z.string(), channels: change('Filters or units.') }))
      .describe('The layers from which channels were removed, in model order.'),
  })
  .meta({ id: 'Structure' })
export type Structure = z.infer<typeof Structure>

export function structureOf(
  before: Topology,
  after: Topology,
  removed: readonly RemovedChannels[],
): Structure {
  const [whole, smaller] = [resolveNetwork(before), resolveNetwork(after)]
  const parameters = ({ variables }: typeof whole) => variables.reduce((sum, { size }) => sum + size, 0)
  return {
    parameters: { before: parameters(whole), after: parameters(smaller) },
    multiplyAdds: { before: forwardFlops(whole) / 2, after: forwardFlops(smaller) / 2 },
    layers: removed.map(({ layer, channels, removed: { length } }) => ({
      layer,
      channels: { before: channels, after: channels - length },
    })),
  }
}
