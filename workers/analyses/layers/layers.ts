import type { LayersResult } from '#analyses/layers.ts'
import { resolveNetwork } from '#network/network.ts'
import type { AnalysedModel, Computation } from '#workers/analyses/computation.ts'
import { toCsv } from '#workers/analyses/csv.ts'
import { measureWeights } from '#workers/training/metrics.ts'

type Counted = Pick<AnalysedModel, 'jobId' | 'epoch'> & ReturnType<typeof measureWeights>

/** Counts the weights of each layer and variable that are not zero. */
export const layers: Computation = async ({ models, advance }) => {
  const counted: Counted[] = []
  for (const [index, { jobId, epoch, read }] of models.entries()) {
    const { weights, topology } = await read()
    counted.push({ jobId, epoch, ...measureWeights(weights, resolveNetwork(topology).variables) })
    await advance(index + 1, models.length)
  }
  const variables = counted[0]!.layers.map(({ name, shape, size }, index) => ({
    name,
    layer: name.slice(0, name.lastIndexOf('/')),
    shape,
    size,
    nonzero: counted.map(model => model.layers[index]!.nonzero),
  }))
  const result: LayersResult = {
    models: counted.map(({ jobId, epoch, sparsity, weightSparsity }) => ({
      jobId,
      epoch,
      sparsity,
      weightSparsity,
    })),
    layers: sumsByLayer(variables),
    variables,
  }
  return {
    files: {
      'layers.json': `${JSON.stringify(result)}\n`,
      'layers.csv': toCsv(
        ['variable', 'layer', 'size', ...result.models.map(({ jobId, epoch }) => `${jobId} epoch ${epoch}`)],
        variables.map(({ name, layer, size, nonzero }) => [
          name,
          layer,
          size,
          ...nonzero.map(count => (size - count) / size),
        ]),
      ),
    },
  }
}

function sumsByLayer(variables: LayersResult['variables']): LayersResult['layers'] {
  const sums = new Map<string, LayersResult['layers'][number]>()
  for (const { layer, size, nonzero } of variables) {
    const sum = sums.get(layer) ?? { layer, size: 0, nonzero: nonzero.map(() => 0) }
    sums.set(layer, {
      layer,
      size: sum.size + size,
      nonzero: sum.nonzero.map((count, model) => count + nonzero[model]!),
    })
  }
  return [...sums.values()]
}
