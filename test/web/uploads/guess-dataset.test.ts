import assert from 'node:assert/strict'
import { it } from 'node:test'
import { guessDataset } from '#web/src/uploads/guess-dataset.ts'

it('name and format of a dataset follow from the names of its files', () => {
  assert.deepEqual(guessDataset(['iris.csv']), { name: 'iris', format: 'csv' })
  assert.deepEqual(guessDataset(['train-images-idx3-ubyte.gz']), {
    name: 'train-images-idx3-ubyte',
    format: 'idx',
  })
  assert.deepEqual(guessDataset(['cifar-10-binary.tar.gz']).format, 'cifar')
  assert.deepEqual(guessDataset(['birds.zip']).format, 'imageFolder')
})

it('an unknown name leaves the format to the user', () => {
  assert.deepEqual(guessDataset(['data.xyz']), { name: 'data' })
  assert.deepEqual(guessDataset([]), {})
})
