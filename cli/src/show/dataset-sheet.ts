import type { Dataset } from '@thresher/client'
import { bytes, count } from '../terminal/figures.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { harmless } from '../terminal/text.ts'

const WIDTH = 10
const MOST_NAMES = 12

/** A dataset as lines of facts, and the notes on how its files were interpreted. */
export function datasetSheet(dataset: Dataset, { outColors: colors }: Terminal): string[] {
  const {
    id,
    name,
    status,
    inputShape,
    dtype,
    splits,
    classes,
    targets,
    columns,
    sizeBytes,
    error,
    notes = [],
  } = dataset
  const facts: [string, string | undefined][] = [
    ['dataset', id],
    ['name', name],
    ['status', status === 'invalid' ? colors.red(status) : status],
    ['examples', splits && `${count(splits.train)} training, ${count(splits.test)} test`],
    ['input', inputShape && `${inputShape.join(' × ')}, ${dtype}`],
    ['classes', classes && classes.length > 0 ? named(classes) : undefined],
    ['targets', targets === undefined ? undefined : count(targets)],
    ['columns', columns && named(columns)],
    ['size', sizeBytes === undefined ? undefined : bytes(sizeBytes)],
    ['error', error && harmless(error)],
  ]
  return [
    ...facts.filter(([, value]) => value).map(([key, value]) => colors.dim(key.padEnd(WIDTH)) + value),
    ...notes.map(note => `${colors.yellow('note'.padEnd(WIDTH))}${harmless(note)}`),
  ]
}

function named(names: readonly string[]): string {
  const more = names.length > MOST_NAMES ? ', …' : ''
  return `${count(names.length)}: ${names.slice(0, MOST_NAMES).map(harmless).join(', ')}${more}`
}
