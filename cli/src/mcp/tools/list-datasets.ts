import type { Dataset } from '@thresher/client'
import { count } from '../../terminal/figures.ts'
import { defined, quoted } from '../compact.ts'
import { defineTool, READS } from '../tool.ts'

const MOST_CLASSES = 20

export const listDatasets = defineTool<{ after?: string; limit?: number }>({
  name: 'list_datasets',
  title: 'List datasets',
  description: 'Lists the built-in and uploaded datasets that a job can name in `dataset.id`.',
  scope: 'read',
  effects: READS,
  input: schemas => ({ properties: schemas.parameters('/v1/datasets', 'get', ['limit', 'after']) }),
  async run(query, { thresher, signal }) {
    const { data, hasMore, nextAfter } = await thresher.datasets.list(query, { signal })
    const lines = data.map(describe)
    if (hasMore) lines.push(`More: list_datasets with {"after": "${nextAfter}"}.`)
    return {
      text: lines.join('\n') || 'There is no dataset.',
      data: { datasets: data.map(factsOf), ...(hasMore && { nextAfter }) },
    }
  },
})

function factsOf(dataset: Dataset): Record<string, unknown> {
  const { id, name, status, inputShape, splits, classes = [], error, notes } = dataset
  return defined({
    ...{ id, name, status, inputShape, splits },
    classCount: classes.length || undefined,
    classes: classes.length > 0 && classes.length <= MOST_CLASSES ? classes : undefined,
    ...{ notes, error },
  })
}

function describe({ id, name, status, inputShape, splits, classes = [] }: Dataset): string {
  const parts = [
    name === id || name === undefined ? id : `${id} ${quoted(name)}`,
    status !== 'ready' && status,
    inputShape && `examples of ${inputShape.join(' x ')}`,
    classes.length > 0 && `${count(classes.length)} classes`,
    splits && `${count(splits.train)} for training, ${count(splits.test)} for testing`,
  ]
  return parts.filter(Boolean).join(', ')
}
