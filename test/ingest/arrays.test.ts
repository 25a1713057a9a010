import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startIntake } from './start-intake.ts'

let intake: Awaited<ReturnType<typeof startIntake>>
before(async () => {
  intake = await startIntake('write_arrays.py', ['numpy==2.4.6', 'pandas==3.1.1', 'pyarrow==26.0.1'])
})
after(() => intake?.stop())

const arrays = (name: string, spec: object = {}) => intake.takeIn({ format: 'npz', ...spec }, [`${name}.npz`])
const refuses = (name: string, message: RegExp, spec: object = {}) =>
  assert.rejects(arrays(name, spec), { name: 'FormatError', message })
const ALTERNATING = Array.from({ length: 20 }, (_, row) => row % 2)

describe('the examples of an array', () => {
  it('are 0 and 1 if they are booleans', async () => {
    const [found, plain] = [await arrays('bool'), await arrays('plain')]
    assert.equal(found.facts.dtype, 'float32')
    const expected = plain.numbers('train/x').map(value => Number(value > 1))
    assert.deepEqual(found.numbers('train/x'), expected)
    assert.match(found.notes, /booleans, read as 0 and 1/)
  })

  for (const kind of [
    'little-f2',
    'little-f8',
    'big-f8',
    'little-i8',
    'little-u2',
    'big-u2',
    'little-i4',
    'little-i1',
  ]) {
    it(`of type ${kind} keep their values`, async () => {
      assert.deepEqual((await arrays(kind)).numbers('train/x'), (await arrays('plain')).numbers('train/x'))
    })
  }

  it('other than bytes are not scaled, and a note says so', async () => {
    const { facts, notes } = await arrays('depth')
    assert.deepEqual(facts.statistics, { mean: [65_535], std: [1] })
    assert.match(notes, /uint16 from 65535 to 65535.*only uint8 is scaled/)
  })

  it('that float32 rounds are named in a note', async () =>
    assert.match(
      (await arrays('precise')).notes,
      /x_train\.npy contains whole numbers that float32 cannot represent exactly/,
    ))

  it('are the same in Fortran order', async () => {
    const [found, plain] = [await arrays('fortran-cubes'), await arrays('cubes')]
    assert.deepEqual(found.numbers('train/x').slice(0, 4), [0, 1, 2, 3])
    assert.equal(found.digest, plain.digest)
  })

  it('are the same with a header written by Python 2', async () => {
    const found = await intake.takeIn({ format: 'npy' }, ['python2/x_train.npy', 'python2/y_train.npy'])
    assert.equal(found.digest, (await arrays('plain')).digest)
  })

  it('have the deviation 1 if they are constant, and a note says so', async () => {
    const { facts, notes } = await arrays('constant')
    assert.deepEqual(facts.statistics, { mean: [7 / 255, 7 / 255, 7 / 255], std: [1, 1, 1] })
    assert.match(notes, /Constant channels.*: 0, 1, 2/)
  })
})

describe('the labels of an array', () => {
  const SORTS: [string, string[], number[]][] = [
    ['strings', ['cat', 'dog'], ALTERNATING],
    ['bytes', ['cat', 'dog'], ALTERNATING],
    ['big-endian-strings', ['cat', 'dög'], ALTERNATING],
    ['minus-one', ['-1', '1'], ALTERNATING],
    ['bool-labels', ['false', 'true'], ALTERNATING],
    ['gaps', ['0', '1', '3', '1000'], Array.from({ length: 20 }, (_, row) => row % 4)],
    ['large-labels', ['1152921504606846976', '1152921504606846977'], ALTERNATING],
  ]
  for (const [name, classes, labels] of SORTS) {
    it(`are the classes that were found: ${name}`, async () => {
      const { facts, numbers } = await arrays(name)
      assert.deepEqual([facts.classes, numbers('train/y')], [classes, labels])
    })
  }

  it('have a note on how their numbers became classes', async () =>
    assert.match((await arrays('gaps')).notes, /The labels 0, 1, 3, 1000 were read as 4 classes/))

  it('are targets when they are floats, or classes if the spec says so', async () => {
    const targets = await arrays('float-labels')
    assert.deepEqual([targets.facts.targets, targets.numbers('train/y')], [1, ALTERNATING])
    const classes = await arrays('float-labels', { labels: 'classes' })
    assert.deepEqual([classes.facts.classes, classes.numbers('train/y')], [['0', '1'], ALTERNATING])
    const integers = await arrays('minus-one', { labels: 'targets' })
    assert.deepEqual(integers.numbers('train/y').slice(0, 2), [-1, 1])
  })
})

describe('arrays', () => {
  for (const name of ['capitals', 'words'])
    it(`are accepted under other names: ${name}`, async () =>
      assert.deepEqual((await arrays(name)).facts.splits, { train: 20, test: 20 }))

  it('called x and y belong to the training split', async () =>
    assert.deepEqual((await arrays('short-names')).facts.splits, { train: 20, test: 0 }))

  it('with other names are left out, and a note says so', async () => {
    const { facts, notes } = await arrays('extra')
    assert.deepEqual(facts.classes, ['0', '1'])
    assert.match(notes, /Left out the array "label_names\.npy"/)
  })

  it('without test examples make no test split', async () =>
    assert.deepEqual((await arrays('no-test')).facts.splits, { train: 20, test: 0 }))

  const WRONG: [string, RegExp][] = [
    ['objects', /y_train\.npy holds objects, which only Python's pickle can store.*save with dtype=str/],
    ['object-examples', /x_train\.npy holds objects/],
    ['structured', /structured array with the fields width, height/],
    ['complex', /holds complex numbers/],
    ['dates', /holds dates/],
    ['texts', /holds strings; examples have to be numbers/],
    ['short', /the train split has 20 examples and 19 labels/],
    ['no-examples', /no training examples/],
    ['no-numbers', /has shape \[20,0\]/],
    ['scalar', /has shape \[\]/],
    ['unnamed', /the arrays are "arr_0\.npy", "arr_1\.npy"; required are x_train and y_train/],
    ['no-labels', /the arrays are "x_train\.npy"; required are/],
    ['two-tests', /"x_val\.npy" and "x_test\.npy" both have a name for x_test/],
  ]
  for (const [name, message] of WRONG) it(`are refused, saying why: ${name}`, () => refuses(name, message))
})
