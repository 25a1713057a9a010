import type { Model } from '@thresher/client'
import { count, percent } from '../../terminal/figures.ts'
import { defined, quoted } from '../compact.ts'
import { defineTool, READS } from '../tool.ts'

export const listModels = defineTool<{ after?: string; limit?: number }>({
  name: 'list_models',
  title: 'List presets and models',
  description:
    'Lists the networks that a job can train: presets (`model.preset`), which have defaults for all other fields, and uploaded or registered models (`model.id`).',
  scope: 'read',
  effects: READS,
  input: schemas => ({ properties: schemas.parameters('/v1/models', 'get', ['limit', 'after']) }),
  async run(query, { thresher, signal }) {
    const { data, hasMore, nextAfter } = await thresher.models.list(query, { signal })
    const lines = data.map(describe)
    if (hasMore) lines.push(`More: list_models with {"after": "${nextAfter}"}.`)
    return {
      text: lines.join('\n'),
      data: { models: data.map(factsOf), ...(hasMore && { nextAfter }) },
    }
  },
})

function factsOf(model: Model): Record<string, unknown> {
  const { id, name, version, description, parameters, inputShape, jobId, metrics, warnings = [] } = model
  return defined({
    use: model.defaults || model.description ? { preset: id } : { id },
    ...{ id, name, version, description, parameters, inputShape },
    hasWeights: model.weights !== undefined,
    defaults: model.defaults,
    jobId,
    sparsity: metrics?.sparsity,
    validationAccuracy: metrics?.validationAccuracy,
    warnings: warnings.length > 0 ? warnings : undefined,
  })
}

function describe({ id, description, parameters, metrics }: Model): string {
  const parts = [
    id,
    description !== undefined && quoted(description),
    `${count(parameters)} parameters`,
    metrics?.validationAccuracy !== undefined && `accuracy ${percent(metrics.validationAccuracy)}`,
    metrics && `${percent(metrics.sparsity)} zeros`,
  ]
  return parts.filter(Boolean).join(', ')
}
