import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { csv, tableIntake } from './table-intake.ts'

const { table, refuses } = tableIntake()

/** A CSV with one feature and these labels. */
const labelled = (labels: readonly unknown[], name?: string) =>
  csv(`x,y\n${labels.map((label, row) => `${row % 3}.5,${label}\n`).join('')}`, name)

describe('the label column of a table', () => {
  for (const format of ['csv', 'parquet']) {
    it(`is a target when one of its numbers has a fraction, in ${format}`, async () => {
      const { facts, numbers, notes } = await table([`prices.${format}`])
      assert.deepEqual([facts.targets, facts.classes], [1, []])
      assert.deepEqual(
        numbers('train/y'),
        [9.5, 10.25, 100.5, 20.75, 3.5, 7, 9.5, 10.25, 100.5, 20.75, 3.5, 7],
      )
      assert.match(
        notes,
        /Column "y" contains numbers with fractions, such as 9\.5, so it was read as a target/,
      )
    })

    it(`is classes when it contains whole numbers, even if pandas wrote them as floats, in ${format}`, async () => {
      const { facts, numbers } = await table([`floats.${format}`])
      assert.equal(facts.targets, undefined)
      assert.deepEqual(facts.classes, ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11'])
      assert.deepEqual(numbers('train/y'), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    })

    it(`is two classes when it contains booleans, in ${format}`, async () => {
      const { facts, numbers } = await table([`flag-labels.${format}`])
      assert.deepEqual(facts.classes, ['false', 'true'])
      assert.deepEqual(numbers('train/y').slice(0, 3), [1, 0, 1])
    })

    it(`is refused if a label is missing, in ${format}`, () =>
      refuses([`hole.${format}`], /row (2|0 \(from 0\)), column "y": the label is missing/))
  }

  const SORTS: [string, unknown[], string[], number[]][] = [
    ['of numbers with gaps', [4, 1, 2, 1], ['1', '2', '4'], [2, 0, 1, 0]],
    ['of -1 and 1', [1, -1, 1], ['-1', '1'], [1, 0, 1]],
    ['of one number in two spellings', ['1.0', '2', '1', '+2', '1e0'], ['1', '2'], [0, 1, 0, 1, 0]],
    ['of numbers in the order of their values', [10, 9, 100], ['9', '10', '100'], [1, 0, 2]],
    ['of words by alphabet', ['bee', 'ant', 'bee'], ['ant', 'bee'], [1, 0, 1]],
    ['of codes with leading zeros, unchanged', ['007', '7', '010'], ['007', '010', '7'], [0, 2, 1]],
    [
      'of numbers beyond 2^53',
      ['9007199254740993', '9007199254740992'],
      ['9007199254740992', '9007199254740993'],
      [1, 0],
    ],
    ['of booleans in any spelling', ['True', 'false', 'TRUE', 'False'], ['false', 'true'], [1, 0, 1, 0]],
    ['of numbers and words', ['2', 'x', '10'], ['10', '2', 'x'], [1, 2, 0]],
  ]
  for (const [what, labels, classes, numbers] of SORTS) {
    it(`${what} is classes`, async () => {
      const found = await table([labelled(labels)])
      assert.deepEqual([found.facts.classes, found.numbers('train/y')], [classes, numbers])
    })
  }

  it('is a target in scientific notation too', async () => {
    const { facts, numbers } = await table([labelled(['1e-3', '-2', '.5', '3.'])])
    assert.equal(facts.targets, 1)
    assert.deepEqual(numbers('train/y'), [...Float32Array.of(1e-3, -2, 0.5, 3)])
  })

  it('is read as the spec requests, if it does', async () => {
    const targets = await table([labelled([1, 2, 4])], { labels: 'targets' })
    assert.deepEqual([targets.facts.targets, targets.numbers('train/y')], [1, [1, 2, 4]])
    const classes = await table([labelled(['2.10', '2.1', '2.9'])], { labels: 'classes' })
    assert.deepEqual(classes.facts.classes, ['2.1', '2.10', '2.9'])
    assert.equal(classes.facts.notes, undefined)
  })

  it('is targets if there are several, or classes with the names of the columns if one-hot', async () => {
    const content = 'x,cat,dog\n1,0,1\n2,1,0\n4,0,1\n'
    const label = ['cat', 'dog']
    const hot = await table([csv(content)], { label })
    assert.deepEqual([hot.facts.classes, hot.numbers('train/y')], [label, [1, 0, 1]])
    const targets = await table([csv(content)], { label, labels: 'targets' })
    assert.deepEqual([targets.facts.targets, targets.numbers('train/y')], [2, [0, 1, 1, 0, 0, 1]])
    await refuses([csv('x,cat,dog\n1,1,1\n')], /each example has 2 numbers.* not one-hot/, {
      label,
      labels: 'classes',
    })
  })

  it('of one-hot lists in Parquet is classes', async () => {
    const { facts, numbers } = await table(['hot.parquet'])
    assert.deepEqual(
      [facts.classes, numbers('train/y').slice(0, 3)],
      [
        ['0', '1'],
        [1, 0, 1],
      ],
    )
  })

  it('may have any type of Parquet that can name classes', async () => {
    assert.deepEqual((await table(['nullable.parquet'])).facts.classes, ['1', '2', '4'])
    assert.deepEqual((await table(['category.parquet'])).facts.classes, ['ant', 'bee'])
  })

  it('has the names of classes that Hugging Face stored', async () => {
    const { facts, numbers, notes } = await table(['class-labels.parquet'])
    assert.deepEqual(facts.classes, ['cat', 'dog', 'eel'])
    assert.deepEqual(numbers('train/y'), [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
    assert.match(notes, /Classes without examples: "eel"/)
  })

  it('accepts names for its numbers, which count from 0', async () => {
    const named = { classes: ['no', 'yes', 'maybe'] }
    const { facts, numbers } = await table([labelled([1, '0.0', 'maybe'])], named)
    assert.deepEqual([facts.classes, numbers('train/y')], [named.classes, [1, 0, 2]])
    await refuses(
      [labelled([1, 2, 3])],
      /"3" is not one of the 3 classes; a number has to be the index of a class, from 0 to 2/,
      named,
    )
  })

  it('is refused if numbers with fractions and words are mixed', () =>
    refuses(
      [labelled([9.5, 10.25, '?'])],
      /row 4, column "y": the label "\?" is not a number, but "9\.5".*row 2/,
    ))

  it('is refused with more whole numbers than there can be classes, with advice to read them as targets', async () => {
    const labels = Array.from({ length: 10_001 }, (_, row) => row)
    await refuses([labelled(labels)], /more than 10000 different whole numbers.*set `labels` to "targets"/)
    const { facts } = await table([labelled([...labels, 0.5])])
    assert.equal(facts.targets, 1)
    await refuses(
      [labelled(labels.map(label => `n${label}`))],
      /"n10000" is one class more than the limit of 10000/,
    )
  })

  it('decides for both splits at once', async () => {
    const { facts, numbers } = await table([labelled([1, 2], 'train.csv'), labelled([1.5, 2], 'test.csv')])
    assert.equal(facts.targets, 1)
    assert.deepEqual(
      [numbers('train/y'), numbers('test/y')],
      [
        [1, 2],
        [1.5, 2],
      ],
    )
  })

  it('has a note on labels without training examples, and is refused if no test label has training examples', async () => {
    const { facts, notes } = await table([
      labelled(['a', 'b'], 'train.csv'),
      labelled(['a', 'c'], 'test.csv'),
    ])
    assert.deepEqual(facts.classes, ['a', 'b', 'c'])
    assert.match(notes, /occur only in the test split.*: "c"/)
    await refuses(
      [labelled([1, 2], 'train.csv'), labelled([3], 'test.csv')],
      /the test split has only labels \("3"\) that do not occur/,
    )
  })
})
