import type { Model } from '@thresher/client'
import { ago, count, percent } from '../terminal/figures.ts'
import { table } from '../terminal/table.ts'
import { columnsOf, type Terminal } from '../terminal/terminal.ts'
import { harmless } from '../terminal/text.ts'

const WIDTH = 12

/** A model, its variables, and the versions under its name. */
export function modelSheet(model: Model, { out, outColors: colors }: Terminal): string[] {
  const {
    id,
    name,
    description,
    jobId,
    parameters,
    inputShape,
    metrics,
    createdAt,
    variables,
    versions = [],
  } = model
  const facts: [string, string | undefined][] = [
    ['model', id],
    ['name', name],
    ['description', description && harmless(description)],
    ['job', jobId],
    ['parameters', count(parameters)],
    ['input', inputShape.join(' × ')],
    ['accuracy', metrics?.validationAccuracy === undefined ? undefined : percent(metrics.validationAccuracy)],
    ['zeros', metrics && percent(metrics.sparsity)],
    ['created', createdAt && ago(createdAt)],
  ]
  const options = { colors, columns: columnsOf(out) }
  return [
    ...facts.filter(([, value]) => value).map(([key, value]) => colors.dim(key.padEnd(WIDTH)) + value),
    '',
    ...table(
      [
        { title: 'variable', value: ({ name: variable }) => variable, shrinkTo: 16 },
        { title: 'shape', value: ({ shape }) => shape.join(' × ') },
        { title: 'size', align: 'right', value: ({ size }) => count(size), optional: 1 },
      ],
      variables,
      options,
    ),
    ...(versions.length > 0 ? ['', ...versionTable(versions, options)] : []),
  ]
}

function versionTable(
  versions: NonNullable<Model['versions']>,
  options: Parameters<typeof table>[2],
): string[] {
  return table(
    [
      { title: 'version', value: ({ id }) => id },
      { title: 'job', value: ({ jobId }) => jobId, optional: 1 },
      {
        title: 'accuracy',
        align: 'right',
        value: ({ validationAccuracy }) =>
          validationAccuracy === undefined ? '' : percent(validationAccuracy),
      },
      {
        title: 'zeros',
        align: 'right',
        value: ({ sparsity }) => (sparsity === undefined ? '' : percent(sparsity)),
      },
      { title: 'created', align: 'right', value: ({ createdAt }) => ago(createdAt) },
    ],
    versions,
    options,
  )
}
