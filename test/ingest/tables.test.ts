import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Given, startIntake } from './start-intake.ts'

let intake: Awaited<ReturnType<typeof startIntake>>
before(async () => {
  intake = await startIntake('write_tables.py', ['numpy==2.4.6', 'pandas==3.1.1', 'pyarrow==26.0.1'])
})
after(() => intake?.stop())

const csv = (content: string, name = 'table.csv'): Given => ({ name, content })
const table = (files: readonly Given[], spec: object = {}) =>
  intake.takeIn({ format: formatOf(files[0]!), label: 'y', ...spec }, files)
const refuses = (files: readonly Given[], message: RegExp, spec: object = {}) =>
  assert.rejects(table(files, spec), { name: 'FormatError', message })

function formatOf(file: Given): string {
  return (typeof file === 'string' ? file : file.name).endsWith('.parquet') ? 'parquet' : 'csv'
}

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

    it(`is classes when it holds whole numbers, though pandas wrote them as floats, in ${format}`, async () => {
      const { facts, numbers } = await table([`floats.${format}`])
      assert.equal(facts.targets, undefined)
      assert.deepEqual(facts.classes, ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11'])
      assert.deepEqual(numbers('train/y'), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    })

    it(`is two classes when it holds booleans, in ${format}`, async () => {
      const { facts, numbers } = await table([`flag-labels.${format}`])
      assert.deepEqual(facts.classes, ['false', 'true'])
      assert.deepEqual(numbers('train/y').slice(0, 3), [1, 0, 1])
    })

    it(`that lacks a label is refused, in ${format}`, () =>
      refuses([`hole.${format}`], /row (2|0 \(from 0\)), column "y": the label is missing/))
  }

  const SORTS: [string, unknown[], string[], number[]][] = [
    ['of numbers with gaps', [4, 1, 2, 1], ['1', '2', '4'], [2, 0, 1, 0]],
    ['of -1 and 1', [1, -1, 1], ['-1', '1'], [1, 0, 1]],
    ['of one number in two spellings', ['1.0', '2', '1', '+2', '1e0'], ['1', '2'], [0, 1, 0, 1, 0]],
    ['of numbers in the order of their values', [10, 9, 100], ['9', '10', '100'], [1, 0, 2]],
    ['of words by alphabet', ['bee', 'ant', 'bee'], ['ant', 'bee'], [1, 0, 1]],
    ['of codes with leading zeros as they are', ['007', '7', '010'], ['007', '010', '7'], [0, 2, 1]],
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

  it('is what the spec says where it says so', async () => {
    const targets = await table([labelled([1, 2, 4])], { labels: 'targets' })
    assert.deepEqual([targets.facts.targets, targets.numbers('train/y')], [1, [1, 2, 4]])
    const classes = await table([labelled(['2.10', '2.1', '2.9'])], { labels: 'classes' })
    assert.deepEqual(classes.facts.classes, ['2.1', '2.10', '2.9'])
    assert.equal(classes.facts.notes, undefined)
  })

  it('of several columns is targets, or classes by the names of the columns when one-hot', async () => {
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

  it('may be of any type of Parquet that names classes', async () => {
    assert.deepEqual((await table(['nullable.parquet'])).facts.classes, ['1', '2', '4'])
    assert.deepEqual((await table(['category.parquet'])).facts.classes, ['ant', 'bee'])
  })

  it('has the names that Hugging Face noted of its numbers', async () => {
    const { facts, numbers, notes } = await table(['class-labels.parquet'])
    assert.deepEqual(facts.classes, ['cat', 'dog', 'eel'])
    assert.deepEqual(numbers('train/y'), [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
    assert.match(notes, /Classes without examples: "eel"/)
  })

  it('takes names for its numbers, which count from 0', async () => {
    const named = { classes: ['no', 'yes', 'maybe'] }
    const { facts, numbers } = await table([labelled([1, '0.0', 'maybe'])], named)
    assert.deepEqual([facts.classes, numbers('train/y')], [named.classes, [1, 0, 2]])
    await refuses(
      [labelled([1, 2, 3])],
      /"3" is none of the 3 classes; numbers stand for their places, from 0 to 2/,
      named,
    )
  })

  it('is refused where numbers with fractions and words are mixed', () =>
    refuses(
      [labelled([9.5, 10.25, '?'])],
      /row 4, column "y": the label "\?" is not a number, but "9\.5".*row 2/,
    ))

  it('with more whole numbers than there can be classes is refused, saying how to make them targets', async () => {
    const labels = Array.from({ length: 10_001 }, (_, row) => row)
    await refuses([labelled(labels)], /more than 10000 different whole numbers.*set `labels` to "targets"/)
    const { facts } = await table([labelled([...labels, 0.5])])
    assert.equal(facts.targets, 1)
    await refuses([labelled(labels.map(label => `n${label}`))], /"n10000" is one class more than 10000/)
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

  it('says which labels training has not, and is refused when it has none of them', async () => {
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

describe('the columns of a table', () => {
  for (const format of ['csv', 'parquet']) {
    it(`are found by their names in a test file, in ${format}`, async () => {
      const { facts, numbers } = await table([`test-other-order.${format}`, `plain.${format}`])
      assert.deepEqual([facts.columns, facts.labelColumns], [['a', 'b'], ['y']])
      assert.deepEqual(numbers('test/x'), numbers('train/x'))
      assert.deepEqual(numbers('test/y'), numbers('train/y'))
    })

    it(`have to be the same in a test file, in ${format}`, () =>
      refuses(
        [`plain.${format}`, `test-other-names.${format}`],
        /test-other-names\.\w+ has other columns than plain\.\w+: it lacks "b", and it has also "c"/,
      ))

    it(`are without the index that pandas wrote, in ${format}`, async () => {
      const { facts, notes, numbers } = await table([`shuffled.${format}`])
      assert.deepEqual([facts.inputShape, facts.columns], [[2], ['a', 'b']])
      assert.match(
        notes,
        format === 'csv' ? /Left out column 1, which has no name/ : /Left out "__index_level_0__"/,
      )
      const plain = await table([`plain.${format}`])
      assert.deepEqual(numbers('train/x').sort(), plain.numbers('train/x').sort())
    })

    it(`that hold booleans are 0 and 1, in ${format}`, async () => {
      const { facts, numbers } = await table([`flags.${format}`])
      assert.deepEqual([facts.dtype, facts.columns], ['float32', ['a', 'b', 'flag']])
      assert.deepEqual(
        numbers('train/x')
          .filter((_, at) => at % 3 === 2)
          .slice(0, 4),
        [1, 0, 1, 0],
      )
    })
  }

  it('are without an index that has a name in the metadata of pandas', async () => {
    assert.deepEqual((await table(['named.parquet'])).facts.columns, ['a', 'b'])
    // CSV has no such metadata: there a named index is a column.
    assert.deepEqual((await table(['named.csv'])).facts.columns, ['key', 'a', 'b'])
  })

  it('are named by a header with a byte order mark, quotes, spaces and CRLF', async () => {
    const { facts } = await table([csv('\uFEFF"a" , b ,"y"\r\n1,2,0\r\n3,4,1\r\n')])
    assert.deepEqual([facts.columns, facts.labelColumns], [['a', 'b'], ['y']])
  })

  it('may be separated by tabs, with empty cells between them', async () => {
    const { facts } = await table([csv('a\tb\ty\t\n1\t2\t0\t\n3\t4\t1\t\n')], { delimiter: '\t' })
    assert.deepEqual(facts.columns, ['a', 'b'])
  })

  it('that are empty and have no name are left out, as a comma at the end makes one', async () => {
    const { facts, notes } = await table([csv('a,b,y,\n1,2,0,\n3,4,1,\n')])
    assert.deepEqual(facts.columns, ['a', 'b'])
    assert.match(notes, /Left out column 4, which has no name and is empty/)
    await refuses([csv('a,b,y,\n1,2,0,5\n')], /row 2: column 4 has no name but holds "5"/)
    await refuses([csv(',b,y\n1.5,2,0\n')], /row 2: column 1 has no name but holds "1\.5"/)
  })

  it('go by their places where there is no header', async () => {
    const spec = { header: false, label: 2 }
    const { facts } = await table([csv('1,2,0\n3,4,1\n', 'train.csv'), csv('1,2,0\n', 'test.csv')], spec)
    assert.deepEqual([facts.inputShape, facts.splits], [[2], { train: 2, test: 1 }])
    await refuses([csv('1,2,0\n', 'train.csv'), csv('1,2,3,0\n', 'test.csv')], /it has also "3"/, spec)
    await refuses(
      [csv('1.5,2,0\n3,4,1\n')],
      /row 1: "1\.5" is a number, not the name.*set `header` to false/,
      { label: 2 },
    )
  })

  it('that are constant have a deviation that a job can use, and this is said', async () => {
    const rows = Array.from({ length: 40 }, (_, row) => `${row},0.1,${row % 2}\n`)
    const { facts, notes } = await table([csv(`a,always,y\n${rows.join('')}`)])
    assert.equal(facts.statistics?.std[1], 1)
    assert.ok(Math.abs(facts.statistics!.mean[1]! - 0.1) < 1e-8)
    assert.match(notes, /Constant columns, which carry no information: "always"/)
    assert.match(notes, /Columns that only count the rows: "a"/)
  })

  it('of large numbers close to one another have their true deviation', async () => {
    const { facts } = await table([csv('a,y\n16000000,0\n16000002,1\n')])
    assert.deepEqual(facts.statistics, { mean: [16_000_001], std: [1] })
  })

  it('that lose digits in float32 are named', async () => {
    assert.match(
      (await table(['ids.parquet'])).notes,
      /Column "id" contains whole numbers that float32 cannot represent exactly/,
    )
    assert.match((await table([csv('id,y\n123456789,0\n1,1\n')])).notes, /123456789 became 123456792/)
  })

  it('that are lists of numbers are as many features', async () => {
    const { facts, numbers } = await table(['lists.parquet'])
    assert.deepEqual(facts.columns, ['a', 'b', 'more[0]', 'more[1]'])
    assert.deepEqual(numbers('train/x').slice(0, 4), [0.5, 0.25, 1.5, 2.5])
  })

  it('are read whole from a large file', async () => {
    const { facts, numbers } = await table(['many.parquet'])
    assert.deepEqual([facts.splits.train, facts.inputShape], [150_000, [8]])
    assert.deepEqual(numbers('train/x').slice(-8), [0, 1, 2, 3, 4, 5, 6, 7])
  })

  it('are named up to some thousands', async () => {
    const wide = (count: number) => {
      const columns = Array.from({ length: count }, (_, index) => index)
      return csv(`${columns.map(index => `f${index}`).join()},y\n${columns.join()},0\n${columns.join()},1\n`)
    }
    assert.equal((await table([wide(2000)])).facts.columns?.length, 2000)
    const { facts, notes } = await table([wide(100_000)])
    assert.deepEqual([facts.columns, facts.inputShape], [undefined, [100_000]])
    assert.match(notes, /names of the 100000 feature columns are too many to store/)
  })
})

describe('a table is refused, saying what and where,', () => {
  const cell = (text: string): Given => csv(`x,y\n1,0\n"${text}",1\n`)
  const WRONG: [string, Given[], RegExp, object?][] = [
    ['for a hexadecimal number', [cell('0x1F')], /row 3, column "x": "0x1F" is not a finite number/],
    ['for digits in groups', [cell('1_000')], /"1_000" is not a finite number/],
    ['for a decimal comma', [cell('1,5')], /"1,5" is not a finite number; write a point/],
    ['for NaN', [cell('NaN')], /"NaN" is not a finite number; fill in missing values/],
    ['for infinity', [cell('inf')], /"inf" is not a finite number/],
    ['for a number beyond float32', [cell('1e39')], /Infinity is not a finite number/],
    ['for a word', [cell('red')], /"red" is not a finite number; encode words/],
    ['for a NUL byte', [cell('1\0')], /is not a finite number/],
    ['for two columns of one name', [csv('a,a,y\n1,2,0\n')], /two columns called "a"/],
    ['for another delimiter', [csv('a;y\n1;0\n')], /one column, "a;y"; set `delimiter` to ";"/],
    [
      'for a test file without labels',
      [csv('a,y\n1,0\n', 'train.csv'), csv('a\n1\n', 'test.csv')],
      /lacks "y"/,
    ],
    [
      'for a label that is a feature twice',
      [csv('a,y\n1,0\n')],
      /names the column "y" twice/,
      { label: ['y', 1] },
    ],
    ['for no feature', [csv('y\n1\n')], /no column besides the label/],
    ['for a header alone', [csv('a,y\n')], /no examples to train on/],
    ['for nothing at all', [csv('')], /no examples to train on/],
    [
      'for a row too long',
      [csv('a,y\n1,0\n1,0,3\n')],
      /row 3: 2 columns are expected, as in row 1, but 3 found/,
    ],
    [
      'for a huge cell',
      [csv(`a,y\n${'1'.repeat(11_000_000)},0\n`)],
      /table\.csv, row 2: it is longer than the 10485760 bytes/,
    ],
    ['for a huge label', [csv(`a,y\n1,${'k'.repeat(1000)}\n`)], /"kkk.*has 1000 characters/],
    [
      'for bytes that are no UTF-8',
      [
        {
          name: 't.csv',
          content: Buffer.concat([Buffer.from('a,y\n1,caf'), Buffer.of(0xe9), Buffer.from('\n2,b\n')]),
        },
      ],
      /row 2, column "y": "caf.*is not UTF-8/,
    ],
    ['for dates in Parquet', ['dates.parquet'], /column "when" holds timestamps/],
    ['for nulls in Parquet', ['nulls.parquet'], /column "none" holds nothing but nulls/],
    ['for structs in Parquet', ['structs.parquet'], /column "more" holds structs/],
    [
      'for lists of different lengths',
      ['ragged.parquet'],
      /row 5 \(from 0\), column "more" has 2 numbers.* 1/,
    ],
    ['for dates as labels', ['dates.parquet'], /column "when" holds timestamps/, { label: 'when' }],
    ['for a Parquet file without rows', ['no-rows.parquet'], /no examples to train on/],
    [
      'for a label that Parquet has not',
      ['plain.parquet'],
      /no column "z"; there is: a, b, y/,
      { label: 'z' },
    ],
  ]
  for (const [what, files, message, spec] of WRONG) it(what, () => refuses(files, message, spec))

  it('but decimals are numbers', async () => {
    const { numbers } = await table(['decimals.parquet'])
    assert.deepEqual(numbers('train/x').slice(0, 3), [0.5, 0.25, 1.5])
  })
})
