import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Given } from './start-intake.ts'
import { csv, tableIntake } from './table-intake.ts'

const { table, refuses } = tableIntake()

describe('the columns of a table', () => {
  for (const format of ['csv', 'parquet']) {
    it(`are found by name in a test file, in ${format}`, async () => {
      const { facts, numbers } = await table([`test-other-order.${format}`, `plain.${format}`])
      assert.deepEqual([facts.columns, facts.labelColumns], [['a', 'b'], ['y']])
      assert.deepEqual(numbers('test/x'), numbers('train/x'))
      assert.deepEqual(numbers('test/y'), numbers('train/y'))
    })

    it(`have to be the same in a test file, in ${format}`, () =>
      refuses(
        [`plain.${format}`, `test-other-names.${format}`],
        /test-other-names\.\w+ has other columns than plain\.\w+: it lacks "b", and it also has "c"/,
      ))

    it(`do not include the index that pandas wrote, in ${format}`, async () => {
      const { facts, notes, numbers } = await table([`shuffled.${format}`])
      assert.deepEqual([facts.inputShape, facts.columns], [[2], ['a', 'b']])
      assert.match(
        notes,
        format === 'csv' ? /Left out column 1, which has no name/ : /Left out "__index_level_0__"/,
      )
      const plain = await table([`plain.${format}`])
      assert.deepEqual(numbers('train/x').sort(), plain.numbers('train/x').sort())
    })

    it(`of booleans are 0 and 1, in ${format}`, async () => {
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

  it('do not include an index that the metadata of pandas name', async () => {
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

  it('that are empty and have no name are left out, as after a trailing comma', async () => {
    const { facts, notes } = await table([csv('a,b,y,\n1,2,0,\n3,4,1,\n')])
    assert.deepEqual(facts.columns, ['a', 'b'])
    assert.match(notes, /Left out column 4, which has no name and is empty/)
    await refuses([csv('a,b,y,\n1,2,0,5\n')], /row 2: column 4 has no name but contains "5"/)
    await refuses([csv(',b,y\n1.5,2,0\n')], /row 2: column 1 has no name but contains "1\.5"/)
  })

  it('are matched by position if there is no header', async () => {
    const spec = { header: false, label: 2 }
    const { facts } = await table([csv('1,2,0\n3,4,1\n', 'train.csv'), csv('1,2,0\n', 'test.csv')], spec)
    assert.deepEqual([facts.inputShape, facts.splits], [[2], { train: 2, test: 1 }])
    await refuses([csv('1,2,0\n', 'train.csv'), csv('1,2,3,0\n', 'test.csv')], /it also has "3"/, spec)
    await refuses(
      [csv('1.5,2,0\n3,4,1\n')],
      /row 1: "1\.5" is a number, not the name.*set `header` to false/,
      { label: 2 },
    )
  })

  it('have the deviation 1 if they are constant, and a note says so', async () => {
    const rows = Array.from({ length: 40 }, (_, row) => `${row},0.1,${row % 2}\n`)
    const { facts, notes } = await table([csv(`a,always,y\n${rows.join('')}`)])
    assert.equal(facts.statistics?.std[1], 1)
    assert.ok(Math.abs(facts.statistics!.mean[1]! - 0.1) < 1e-8)
    assert.match(notes, /Constant columns, which carry no information: "always"/)
    assert.match(notes, /Columns that only count the rows: "a"/)
  })

  it('of large numbers that are close to each other have an accurate deviation', async () => {
    const { facts } = await table([csv('a,y\n16000000,0\n16000002,1\n')])
    assert.deepEqual(facts.statistics, { mean: [16_000_001], std: [1] })
  })

  it('that float32 rounds are named in a note', async () => {
    assert.match(
      (await table(['ids.parquet'])).notes,
      /Column "id" contains whole numbers that float32 cannot represent exactly/,
    )
    assert.match((await table([csv('id,y\n123456789,0\n1,1\n')])).notes, /123456789 became 123456792/)
  })

  it('of lists become one feature per number', async () => {
    const { facts, numbers } = await table(['lists.parquet'])
    assert.deepEqual(facts.columns, ['a', 'b', 'more[0]', 'more[1]'])
    assert.deepEqual(numbers('train/x').slice(0, 4), [0.5, 0.25, 1.5, 2.5])
  })

  it('are read completely from a large file', async () => {
    const { facts, numbers } = await table(['many.parquet'])
    assert.deepEqual([facts.splits.train, facts.inputShape], [150_000, [8]])
    assert.deepEqual(numbers('train/x').slice(-8), [0, 1, 2, 3, 4, 5, 6, 7])
  })

  it('are named if there are not more than some thousands', async () => {
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

describe('a table is refused, with the reason and the place,', () => {
  const cell = (text: string): Given => csv(`x,y\n1,0\n"${text}",1\n`)
  const WRONG: [string, Given[], RegExp, object?][] = [
    ['for a hexadecimal number', [cell('0x1F')], /row 3, column "x": "0x1F" is not a finite number/],
    ['for digits in groups', [cell('1_000')], /"1_000" is not a finite number/],
    ['for a decimal comma', [cell('1,5')], /"1,5" is not a finite number; use a decimal point/],
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
    ['for a header alone', [csv('a,y\n')], /no training examples/],
    ['for an empty file', [csv('')], /no training examples/],
    [
      'for a row too long',
      [csv('a,y\n1,0\n1,0,3\n')],
      /row 3: 2 columns are expected, as in row 1, but 3 found/,
    ],
    [
      'for a huge cell',
      [csv(`a,y\n${'1'.repeat(11_000_000)},0\n`)],
      /table\.csv, row 2: the row is longer than the limit of 10485760 bytes/,
    ],
    ['for a huge label', [csv(`a,y\n1,${'k'.repeat(1000)}\n`)], /"kkk.*has 1000 characters/],
    [
      'for bytes that are not UTF-8',
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
    ['for a Parquet file without rows', ['no-rows.parquet'], /no training examples/],
    [
      'for a label column that the Parquet file does not have',
      ['plain.parquet'],
      /no column "z"; the columns are: a, b, y/,
      { label: 'z' },
    ],
  ]
  for (const [what, files, message, spec] of WRONG) it(what, () => refuses(files, message, spec))

  it('but decimals are numbers', async () => {
    const { numbers } = await table(['decimals.parquet'])
    assert.deepEqual(numbers('train/x').slice(0, 3), [0.5, 0.25, 1.5])
  })
})
