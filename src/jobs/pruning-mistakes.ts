import type { Mistake } from '#domain/error.ts'
import { cutsAfterTraining } from '#domain/phases.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { JobRequest, TrainingSpec } from '#domain/training-spec.ts'
import { nonzeroAt } from '#formats/cut-model.ts'
import { modelMetadata } from '#formats/model-metadata.ts'
import { sparseSizeBytes } from '#formats/sparse-safetensors.ts'
import { isExcluded } from '#network/excluded-variables.ts'
import { resolveNetwork } from '#network/network.ts'
import { outputChannelsOf } from '#network/output-channels.ts'
import { elementCount } from '#network/shape.ts'
import { parameterCount, statisticsOf, variablesOf } from '#network/variables.ts'
import type { Cut } from '#optimization/cut.ts'
import { thresholdOf } from '#optimization/optimizer-spec.ts'

/** Contradictions between the fields that say which weights become zero. @param init of the request */
export function pruningMistakes(spec: TrainingSpec, init: JobRequest['init']): Mistake[] {
  return [
    ...groupMistakes(spec),
    ...targetMistakes(spec),
    ...pruneMistakes(spec),
    ...supportMistakes(spec, init),
    ...goalMistakes('target', spec.target, spec),
    ...goalMistakes('finish.prune', spec.finish?.prune, spec),
    ...goalMistakes('init.prune', init?.prune, spec),
  ]
}

function groupMistakes({ optimizer, finish, model }: TrainingSpec): Mistake[] {
  const rule = thresholdOf(optimizer)
  const mistakes: Mistake[] = []
  if (rule?.group && outputChannelsOf(resolveNetwork(topologyOf(model)), rule.exclude).length === 0)
    mistakes.push({
      path: 'optimizer.group',
      message:
        'must be omitted: the network has no kernel whose output channels can vanish, apart from those that compute its outputs and those in optimizer.exclude',
    })
  if (finish?.fineTune && thresholdOf(finish.fineTune.optimizer)?.group)
    mistakes.push({
      path: 'finish.fineTune.optimizer.group',
      message: 'must be omitted: groups apply to the training before, and fine-tuning keeps its zeros',
    })
  return mistakes
}

function targetMistakes({ target, optimizer, finish, earlyStopping }: TrainingSpec): Mistake[] {
  if (!target) return []
  const mistakes: Mistake[] = []
  if (!thresholdOf(optimizer))
    mistakes.push({
      path: 'target',
      message: `needs an optimizer with a threshold (grda), not ${optimizer.name}; with ${optimizer.name}, use finish.prune`,
    })
  if (thresholdOf(optimizer)?.group)
    mistakes.push({
      path: 'target',
      message:
        'needs an optimizer without group, because whole channels do not add up to a given number of weights; give optimizer.c and use finish.prune',
    })
  if (finish?.prune)
    mistakes.push({
      path: 'finish.prune',
      message: 'must be omitted: target already says which weights remain',
    })
  if (earlyStopping)
    mistakes.push({
      path: 'earlyStopping',
      message: 'must be omitted with target, which plans the threshold until the last epoch',
    })
  return mistakes
}

function pruneMistakes(spec: TrainingSpec): Mistake[] {
  const { finish, optimizer, earlyStopping } = spec
  if (!finish?.prune) return []
  const mistakes: Mistake[] = []
  if (finish.prune.rule === 'threshold' && !thresholdOf(optimizer))
    mistakes.push({
      path: 'finish.prune.rule',
      message: `must be "magnitude": ${optimizer.name} has no threshold to move`,
    })
  if (earlyStopping && cutsAfterTraining(spec))
    mistakes.push({
      path: 'earlyStopping',
      message: 'needs finish.fineTune together with finish.prune: the cut follows the last epoch',
    })
  return mistakes
}

function supportMistakes({ mask }: TrainingSpec, init: JobRequest['init']): Mistake[] {
  const mistakes: Mistake[] = []
  if (mask && !init) mistakes.push({ path: 'mask', message: 'needs init: the weights whose zeros stay zero' })
  if (mask && init?.optimizerState)
    mistakes.push({
      path: 'mask',
      message: 'needs init without optimizerState, because that state also moves weights that are zero',
    })
  if (init?.prune && init.optimizerState)
    mistakes.push({
      path: 'init.prune',
      message: 'needs init without optimizerState, because no state belongs to the cut weights',
    })
  return mistakes
}

/** A sparsity or a size that this network cannot have. */
function goalMistakes(path: string, goal: Partial<Cut> | undefined, spec: TrainingSpec): Mistake[] {
  if (!goal) return []
  const { sparsity, sizeBytes, scope } = goal
  if (sparsity !== undefined) {
    const parameters = parameterCount(topologyOf(spec.model))
    const fixed = fixedWeights(spec, scope)
    if (nonzeroAt(sparsity, parameters) >= Math.max(1, fixed)) return []
    const largest = Math.floor((1 - Math.max(1, fixed) / parameters) * 1e4) / 1e4
    const reason =
      fixed > 0 ? `${fixed} of the ${parameters} weights are never cut` : 'no weight would remain'
    return [{ path: `${path}.sparsity`, message: `must be at most ${largest}: ${reason}` }]
  }
  const smallest = smallestSize(spec)
  if (sizeBytes! >= smallest) return []
  const message = `must be at least ${smallest}: the size of the file with one weight`
  return [{ path: `${path}.sizeBytes`, message }]
}

/** The number of weights that a cut does not change. */
function fixedWeights({ model, optimizer }: TrainingSpec, scope: Cut['scope'] = 'global'): number {
  const exclude = thresholdOf(optimizer)?.exclude ?? []
  return variablesOf(topologyOf(model))
    .filter(variable => isExcluded(variable, exclude) || (scope === 'layer' && variable.kind !== 'kernel'))
    .reduce((sum, { size }) => sum + size, 0)
}

/** The file contains the spec and with it the size that is requested, so a size with more digits makes it larger. */
function smallestSize(spec: TrainingSpec): number {
  const topology = topologyOf(spec.model)
  const weights = variablesOf(topology).map(({ name, shape, size }, index) => {
    const data = new Float32Array(size)
    if (index === 0) data[0] = 1
    return { name, shape, dtype: 'F32', data } as const
  })
  const statistics = statisticsOf(topology).map(({ name, shape }) => {
    const data = new Float32Array(elementCount(shape)).fill(1)
    return { name, shape, dtype: 'F32', data } as const
  })
  const tensors = [...weights, ...statistics]
  const sizeFor = (sizeBytes: number) =>
    sparseSizeBytes(tensors, modelMetadata({ spec: withSize(spec, sizeBytes) }))
  let smallest = sizeFor(1)
  while (sizeFor(smallest) > smallest) smallest = sizeFor(smallest)
  return smallest
}

function withSize(spec: TrainingSpec, sizeBytes: number): TrainingSpec {
  const { target, finish } = spec
  if (target) return { ...spec, target: { sizeBytes } }
  if (!finish?.prune) return spec
  const { sparsity: _, ...prune } = finish.prune
  return { ...spec, finish: { ...finish, prune: { ...prune, sizeBytes } } }
}
