import type { Model } from '@thresher/client'
import { type Fact, factLines } from '../terminal/facts.ts'
import { ago, count, percent } from '../terminal/figures.ts'
import { type TableOptions, table } from '../terminal/table.ts'
import { columnsOf, type Terminal } from '../terminal/terminal.ts'

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
  const facts: Fact[] = [
    { name: 'model', value: id },
    { name: 'name', value: name },
    { name: 'description', value: description },
    { name: 'job', value: jobId },
    { name: 'parameters', value: count(parameters) },
    { name: 'input', value: inputShape.join(' × ') },
    {
      name: 'accuracy',
      value: metrics?.validationAccuracy === undefined ? undefined : percent(metrics.validationAccuracy),
    },
    { name: 'zeros', value: metrics && percent(metrics.sparsity) },
    { name: 'created', value: createdAt && ago(createdAt) },
  ]
  const options = { colors, columns: columnsOf(out) }
  return [
    ...factLines(facts, options),
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

function versionTable(versions: NonNullable<Model['versions']>, options: TableOptions): string[] {
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
