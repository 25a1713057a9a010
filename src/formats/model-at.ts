import type { CutPoint } from '#optimization/tradeoff.ts'
import { cuttableModel } from './cut-model.ts'
import { type CuttableModel, countNonzero } from './cuttable-model.ts'
import { FormatError } from './format-error.ts'
import type { FloatTensor } from './named-tensor.ts'
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts'
import type { TrainedModel } from './trained-model.ts'

type Curve = Pick<CutPoint, 'rule' | 'scope'>

/** A cut of a model, with the file of the statistics that were averaged for the cuts of this model, if there is one. */
export interface RequestedCut {
  point: CutPoint
  statistics?: Uint8Array | undefined
}

/** The model with this number of non-zero weights. @throws FormatError if the file has no statistics for it */
export function modelAt(model: TrainedModel, { point, statistics }: RequestedCut): TrainedModel {
  const cut = cutTo(cuttableModel(model, point), point, point.nonzero)
  return statistics ? { ...cut, statistics: statisticsAt(statistics, cut) } : cut
}

/** @param nonzero limited to what the rule can leave; the result names the actual number */
export function cutTo(cuttable: CuttableModel, { rule, scope }: Curve, nonzero: number): CutModel {
  const model = cuttable.cut(nonzero)
  const left = countNonzero(model.weights)
  const sparsity = (cuttable.parameters - left) / cuttable.parameters
  return { ...model, cut: { rule, scope, sparsity, nonzero: left } }
}

export type CutModel = TrainedModel & { cut: CutPoint }

/** A safetensors file of the statistics of several cuts of one model. */
export function encodeStatistics(models: readonly Pick<CutModel, 'cut' | 'statistics'>[]): Uint8Array {
  const tensors = models.flatMap(({ cut, statistics }) =>
    statistics.map(tensor => ({ ...tensor, name: `${prefixOf(cut)}${tensor.name}` })),
  )
  return encodeSafetensors(tensors, { format: 'thresher-tradeoff-statistics-1' })
}

function statisticsAt(file: Uint8Array, { cut, statistics }: CutModel): FloatTensor[] {
  const stored = new Map(decodeSafetensors(file).tensors.map(tensor => [tensor.name, tensor]))
  return statistics.map(({ name }) => {
    const tensor = stored.get(`${prefixOf(cut)}${name}`)
    if (tensor?.dtype !== 'F32') throw new FormatError(`the file has no ${name} of ${prefixOf(cut)}`)
    return { ...tensor, name }
  })
}

function prefixOf({ rule, scope, nonzero }: CutPoint): string {
  return `${rule}/${scope}/${nonzero}/`
}
