import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { zipSync } from 'fflate'
import { type Given, startIntake } from './start-intake.ts'

const WRITERS = ['numpy==2.4.6', 'pillow==13.0.0', 'pyarrow==26.0.1', 'tfrecord==1.14.6']

describe('an upload', () => {
  let intake: Awaited<ReturnType<typeof startIntake>>
  before(async () => {
    intake = await startIntake('write_datasets.py', WRITERS)
  })
  after(() => intake.stop())

  const takeIn = (spec: object, files: readonly Given[]) => intake.takeIn(spec, files)
  const refuses = (spec: object, files: readonly Given[], message: RegExp) =>
    assert.rejects(takeIn(spec, files), { name: 'FormatError', message })

  const arrays = ['x_train.npy', 'y_train.npy', 'x_test.npy', 'y_test.npy']
  const idx = [
    'train-images-idx4-ubyte',
    'train-labels-idx1-ubyte',
    't10k-images-idx4-ubyte.gz',
    't10k-labels-idx1-ubyte.gz',
  ]
  const SAME: [string, object, string[]][] = [
    ['npz, compressed, with one-hot labels', { format: 'npz' }, ['compressed.npz']],
    ['npy', { format: 'npy' }, arrays],
    ['IDX, partly gzipped', { format: 'idx' }, idx],
    ['the binary CIFAR-10 as its tar.gz', { format: 'cifar' }, ['cifar.tar.gz']],
    ['a zip of class folders', { format: 'imageFolder' }, ['folders.zip']],
    ['a tar.gz of class folders', { format: 'imageFolder' }, ['folders.tar.gz']],
    ['Parquet with images', { format: 'parquet' }, ['images-train.parquet', 'images-test.parquet']],
    ['TFRecord', { format: 'tfrecord', firstLabel: 1 }, ['images-train.tfrecord', 'images-test.tfrecord']],
  ]
  const ONE_HOT = 'The labels are one-hot and were read as 10 classes.'
  for (const [what, spec, files] of SAME) {
    it(`of ${what} becomes the same bytes as the npz of the same images`, async () => {
      const expected = await takeIn({ format: 'npz' }, ['plain.npz'])
      const found = await takeIn(spec, files)
      const { notes, ...facts } = found.facts
      assert.deepEqual(facts, expected.facts)
      assert.equal(found.digest, expected.digest)
      assert.deepEqual(notes, expectedNotes(what))
    })
  }
  const TEST_FOLDER = '6 of the images, in pictures/test/, are the test split.'

  function expectedNotes(what: string): string[] | undefined {
    if (what.includes('one-hot')) return [ONE_HOT]
    return what.includes('class folders') ? [TEST_FOLDER] : undefined
  }

  it('is described by shape, classes, splits and statistics', async () => {
    const { facts, tensors } = await takeIn({ format: 'npz' }, ['plain.npz'])
    const { statistics, ...rest } = facts
    assert.deepEqual(rest, {
      dtype: 'uint8',
      inputShape: [32, 32, 3],
      classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
      splits: { train: 24, test: 6 },
    })
    const green = tensors.get('train/x')!.data.filter((_, i) => i % 3 === 1) as Uint8Array
    const mean = green.reduce((sum, value) => sum + value / 255, 0) / green.length
    const variance = green.reduce((sum, value) => sum + (value / 255 - mean) ** 2, 0) / green.length
    assert.ok(Math.abs(statistics!.mean[1]! - mean) < 1e-9)
    assert.ok(Math.abs(statistics!.std[1]! - Math.sqrt(variance)) < 1e-9)
  })

  it('of a table has a row per example, from CSV and from Parquet', async () => {
    const spec = { label: 'label' }
    const csv = await takeIn({ format: 'csv', ...spec }, ['table-train.csv', 'table-test.csv'])
    const parquet = await takeIn({ format: 'parquet', ...spec }, [
      'table-train.parquet',
      'table-test.parquet',
    ])
    assert.equal(csv.digest, parquet.digest)
    assert.deepEqual(csv.facts, parquet.facts)
    assert.deepEqual([csv.facts.inputShape, csv.facts.dtype], [[5], 'float32'])
    assert.equal(csv.facts.classes[3], 'name 3')
    assert.deepEqual([...csv.tensors.get('test/y')!.data], [4, 5, 6, 7, 8, 9])
  })

  it('with targets keeps them, also several per example', async () => {
    const content = 'a,b,c\n1,2,0.5\n3,4,-1\n'
    const { facts, tensors } = await takeIn({ format: 'csv', label: ['c', 'a'] }, [
      { name: 't.csv', content },
    ])
    assert.deepEqual([facts.targets, facts.classes, facts.inputShape], [2, [], [1]])
    assert.deepEqual([...tensors.get('train/y')!.data], [0.5, 1, -1, 3])
  })

  it('of images that differ in size keeps the files if the model input size is given', async () => {
    await refuses(
      { format: 'imageFolder' },
      ['sizes.zip'],
      /ant\/0\.png has 40 x 30 pixels.*cat\/1\.png has 64 x 64; set `size`/,
    )
    const { facts, tensors } = await takeIn({ format: 'imageFolder', size: [32, 32] }, ['sizes.zip'])
    assert.deepEqual([facts.images, facts.inputShape, facts.classes], ['files', [32, 32, 3], ['ant', 'cat']])
    assert.equal(Number(tensors.get('train/ends')!.data.at(-1)), tensors.get('train/images')!.data.length)
    assert.equal(tensors.get('train/images')!.data[1], 'P'.charCodeAt(0))
  })

  const csv = (content: string) => [{ name: 't.csv', content }]
  const file = (name: string, content: string | Uint8Array = 'nothing') => [{ name, content }]
  const WRONG: [string, object, readonly Given[], RegExp][] = [
    [
      'a word in a table',
      { format: 'csv', label: 'y' },
      csv('x,y\n1,a\noops,b\n'),
      /t\.csv, row 3, column "x": "oops" is not a finite number/,
    ],
    [
      'a hole in a table',
      { format: 'csv', label: 'y' },
      csv('x,y\n,a\n'),
      /row 2, column "x": "" is not a finite number/,
    ],
    [
      'a missing label',
      { format: 'csv', label: 'y' },
      csv('x,y\n1,\n'),
      /row 2, column "y": the label is missing/,
    ],
    [
      'a row too short',
      { format: 'csv', label: 'y' },
      csv('x,y\n1,2\n3\n'),
      /^t\.csv, row 3: 2 columns are expected, as in row 1, but 1 found$/,
    ],
    [
      'an unknown column',
      { format: 'csv', label: 'z' },
      csv('x,y\n1,2\n'),
      /no column "z"; the columns are: x, y/,
    ],
    [
      'a class not named',
      { format: 'csv', label: 'y', classes: ['a', 'b'] },
      csv('x,y\n1,c\n'),
      /"c" is not one of the 2 classes/,
    ],
    ['no rows', { format: 'csv', label: 'y' }, csv('x,y\n'), /no training examples/],
    [
      'missing labels',
      { format: 'npy' },
      ['x_train.npy'],
      /the arrays are "x_train\.npy"; required are x_train and y_train/,
    ],
    [
      'an array of another name',
      { format: 'npy' },
      file('pixels.npy'),
      /are "pixels\.npy"; required are x_train/,
    ],
    [
      'a file that is not an array',
      { format: 'npy' },
      file('x_train.npy', 'a text of more than twelve bytes'),
      /is not a \.npy file/,
    ],
    ['half a file', { format: 'npy' }, file('x_train.npy', Uint8Array.of(0x93, 0x4e)), /it is cut off/],
    ['a file that is not IDX', { format: 'idx' }, file('train-images'), /starts with two zero bytes/],
    [
      'the Python version of CIFAR',
      { format: 'cifar' },
      file('data_batch_1', Uint8Array.of(0x80, 2)),
      /binary version/,
    ],
    [
      'half a CIFAR record',
      { format: 'cifar' },
      file('data_batch_1.bin', new Uint8Array(3074)),
      /end within image 2/,
    ],
    ['the beginning of a zip', { format: 'npz' }, file('a.npz', 'PK'), /^a\.npz is not a zip archive$/],
    ['an empty archive', { format: 'npz' }, file('a.npz', ''), /^a\.npz is empty$/],
    ['a file that is not a zip', { format: 'npz' }, file('x.npz', 'PK\x03\x04 and then nothing'), /x\.npz/],
    ['an image in no folder', { format: 'imageFolder' }, file('a.png'), /are not in the folder of a class/],
    [
      'a file that is not a TFRecord',
      { format: 'tfrecord' },
      file('a.tfrecord', 'no record at all'),
      /record 0 .*damaged/,
    ],
    [
      'a file that is not Parquet',
      { format: 'parquet' },
      file('a.parquet', 'no parquet at all'),
      /^a\.parquet is not a Parquet file$/,
    ],
    [
      'Parquet whose end is damaged',
      { format: 'parquet' },
      file('a.parquet', 'PAR1 xxxxxxxxxxxxPAR1'),
      /^a\.parquet is damaged, or uses a feature of Parquet that is not supported$/,
    ],
    [
      'an open quote',
      { format: 'csv', label: 'y' },
      csv('x,y\n1,2\n"3,4\n'),
      /^t\.csv, row 3: a quote is not closed$/,
    ],
  ]
  for (const [what, spec, files, message] of WRONG) {
    it(`with ${what} is refused, with the reason and the place`, () => refuses(spec, files, message))
  }

  it('that is damaged is refused', async () => {
    const damaged = await readFile(join(intake.folder, 'images-train.tfrecord'))
    damaged[100]! ^= 1
    await refuses({ format: 'tfrecord' }, file('a.tfrecord', damaged), /record 0 \(from 0\) is damaged/)
    const cut = (await readFile(join(intake.folder, 'cifar.tar.gz'))).subarray(0, 2000)
    await refuses({ format: 'cifar' }, file('c.tar.gz', cut), /c\.tar\.gz/)
    const spoilt = await readFile(join(intake.folder, 'folders.zip'))
    spoilt.fill(0, 100, 300)
    await refuses({ format: 'imageFolder' }, file('f.zip', spoilt), /f\.zip.*0\.png/)
  })

  it('in a zip is refused when a byte of a stored member has changed', async () => {
    const members = {
      'x_train.npy': arrayFile('|u1', '4, 1', Uint8Array.of(1, 2, 3, 4)),
      'y_train.npy': arrayFile('|u1', '4,', Uint8Array.of(0, 1, 0, 1)),
    }
    const whole = zipSync(members, { level: 0 })
    const { facts } = await takeIn({ format: 'npz' }, file('a.npz', whole))
    assert.deepEqual(facts.splits, { train: 4, test: 0 })
    const damaged = Buffer.from(whole)
    damaged[damaged.indexOf(Uint8Array.of(1, 2, 3, 4))]! ^= 0x40
    const message = /^a\.npz is damaged: the checksum of x_train\.npy does not match$/
    await refuses({ format: 'npz' }, file('a.npz', damaged), message)
  })

  it('with a value that is not a number is refused with the index of the example', async () => {
    const content = arrayFile('<f4', '2, 2', new Uint8Array(Float32Array.of(1, 2, 3, Number.NaN).buffer))
    await refuses({ format: 'npy' }, file('x_train.npy', content), /x_train\.npy, example 1 \(from 0\): NaN/)
  })
})

/** A .npy file. @param shape as NumPy writes it, without the brackets */
function arrayFile(descr: string, shape: string, values: Uint8Array): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }\n`
  const preamble = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0])
  return Buffer.concat([preamble, Buffer.from(header), values])
}
