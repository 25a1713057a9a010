import type { Dataset } from '@thresher/client'
import { type Fact, factLines } from '../terminal/facts.ts'
import { bytes, count } from '../terminal/figures.ts'
import { columnsOf, type Terminal } from '../terminal/terminal.ts'

const MOST_NAMES = 12

/** A dataset as lines of facts, and the notes on how its files were interpreted. */
export function datasetSheet(dataset: Dataset, { out, outColors: colors }: Terminal): string[] {
  const { id, name, status, splits, classes, targets, columns, sizeBytes, error, notes = [] } = dataset
  const facts: Fact[] = [
    { name: 'dataset', value: id },
    { name: 'name', value: name },
    { name: 'status', value: status, ...(status === 'invalid' && { color: colors.red }) },
    { name: 'examples', value: splits && `${count(splits.train)} training, ${count(splits.test)} test` },
    { name: 'input', value: dataset.inputShape && `${dataset.inputShape.join(' × ')}, ${dataset.dtype}` },
    { name: 'classes', value: classes && classes.length > 0 ? named(classes) : undefined },
    { name: 'targets', value: targets === undefined ? undefined : count(targets) },
    { name: 'columns', value: columns && named(columns) },
    { name: 'size', value: sizeBytes === undefined ? undefined : bytes(sizeBytes) },
    { name: 'error', value: error, tone: colors.red },
    ...notes.map(note => ({ name: 'note', value: note, tone: colors.yellow })),
  ]
  return factLines(facts, { colors, columns: columnsOf(out) })
}

function named(names: readonly string[]): string {
  const more = names.length > MOST_NAMES ? ', …' : ''
  return `${count(names.length)}: ${names.slice(0, MOST_NAMES).join(', ')}${more}`
}
