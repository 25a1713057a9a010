import type { StructureResult } from '#analyses/structure.ts'
import { compactModel } from '#formats/compact-model.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { findChannels } from '#network/channels/find-channels.ts'
import { structureOf } from '#network/channels/structure.ts'
import { type Network, resolveNetwork } from '#network/network.ts'
import { definitionOf } from '#network/topology.ts'
import type { Computation } from '#workers/analyses/computation.ts'
import { toCsv } from '#workers/analyses/csv.ts'
import { structureTimes } from './structure-times.ts'

/** Finds the channels that do nothing, and times predictions without them. */
export const structure: Computation = async ({ models: [analysed], advance }) => {
  const { jobId, epoch, read } = analysed!
  const model = await read()
  const compact = compactModel(model)
  await advance(1, 2)
  const times = await structureTimes(model, compact)
  await advance(2, 2)
  const { parameters, multiplyAdds } = structureOf(model.topology, compact.topology, compact.removed)
  const layers = layersOf(model, resolveNetwork(compact.topology))
  const result: StructureResult = {
    model: { jobId, epoch },
    parameters,
    multiplyAdds,
    layers,
    ...(times && { times }),
  }
  return {
    files: {
      'structure.json': `${JSON.stringify(result)}\n`,
      'structure.csv': toCsv(
        ['layer', 'channels', 'live', 'kept', 'multiply-adds', 'multiply-adds after'],
        layers.map(({ layer, channels, live, kept, multiplyAdds: { before, after } }) => [
          layer,
          channels,
          live,
          kept,
          before,
          after,
        ]),
      ),
    },
  }
}

/** Every layer with kernels. */
function layersOf({ topology, weights, statistics }: TrainedModel, smaller: Network) {
  const values = new Map([...weights, ...statistics].map(({ name, data }) => [name, data]))
  const multiplyAdds = multiplyAddsOf(resolveNetwork(topology))
  const left = multiplyAddsOf(smaller)
  return findChannels(topology, values).flatMap(({ place, used, kept }, index) => {
    const hasKernel = definitionOf(place.layer)
      .variables(place)
      .some(({ kind }) => kind === 'kernel')
    if (!hasKernel) return []
    const live = used.reduce((sum, isUsed) => sum + isUsed, 0)
    return [
      {
        layer: place.layer.name,
        channels: used.length,
        live,
        kept: kept.length,
        multiplyAdds: { before: multiplyAdds[index]!, after: left[index]! },
      },
    ]
  })
}

/** By layer. */
function multiplyAddsOf({ placed }: Network): number[] {
  return placed.map(
    place =>
      definitionOf(place.layer)
        .flops(place)
        .reduce((sum, flops) => sum + flops, 0) / 2,
  )
}
