import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { layOutImages } from '#ingest/image-layout.ts'

/** Folders by path with how many images each holds, as `a/b 3`. */
function lay(folders: readonly string[], given?: readonly string[]) {
  const images = new Map(
    folders.map(text => {
      const [, path, count] = /^(.*?)(?: (\d+))?$/.exec(text)!
      return [path!, Number(count ?? 4)]
    }),
  )
  const { places, notes } = layOutImages(images, given)
  const found = [...places].map(([path, { split, className }]) => `${path}: ${split} ${className}`)
  return { found, notes: notes.join('\n') }
}

const both = (train: string, test: string, classes = ['cat', 'dog']) => [
  ...classes.map(name => `${train}/${name}`),
  ...classes.map(name => `${test}/${name}`),
]

describe('the folders of a set of images', () => {
  for (const [train, test, extra] of [
    ['train', 'test', []],
    ['Training', 'Testing', []],
    ['TRAIN', 'VALID', []],
    ['brain/archive/Training', 'brain/archive/Testing', []],
    ['seg_train/seg_train', 'seg_test/seg_test', ['seg_pred/seg_pred 7']],
    ['training_set/training_set', 'test_set/test_set', []],
    ['dataset/images/train2017', 'dataset/images/val2017', []],
    ['TrainImages', 'TestImages', []],
    ['my-test-data/train', 'my-test-data/test', []],
    ['trainset', 'testset', []],
    ['fruits/Training', 'fruits/Test', ['fruits/test-multiple 9', 'fruits/papers 2']],
    ['letters_train/letters_train', 'letters_validation', ['letters_test/letters_test 5']],
    ['part1/train', 'part2/test', []],
  ] as const) {
    it(`are splits if they are called ${train} and ${test}`, () => {
      const { found, notes } = lay([...both(train, test), ...extra])
      assert.deepEqual(
        found.toSorted(),
        both(train, test)
          .map((path, index) => `${path}: ${index < 2 ? 'train' : 'test'} ${index % 2 ? 'dog' : 'cat'}`)
          .toSorted(),
      )
      assert.match(notes, /8 of the images, in .*, are the test split\./)
      for (const path of extra)
        assert.match(notes, new RegExp(`${path.split(' ')[1]} of the images, in .*left out`))
    })
  }

  it('are both held out if they are validation and test', () => {
    const { found, notes } = lay([...both('x/train', 'x/val'), 'x/test/cat 10', 'x/test/dog 10'])
    assert.equal(found.filter(text => text.includes(': test ')).length, 4)
    assert.match(
      notes,
      /28 of the images, in x\/test\/, x\/val\/, are the test split: validation and test are both held out/,
    )
  })

  it('are splits within each class too', () => {
    const { found } = lay(['cat/train', 'cat/test', 'dog/train', 'dog/test', 'owl', 'owl/test'])
    assert.deepEqual(found, [
      'cat/test: test cat',
      'cat/train: train cat',
      'dog/test: test dog',
      'dog/train: train dog',
      'owl: train owl',
      'owl/test: test owl',
    ])
  })

  it('are a test split beside the classes if it contains classes too', () => {
    const { found } = lay(['cat', 'dog', 'test/cat', 'test/dog'])
    assert.deepEqual(found, ['cat: train cat', 'dog: train dog', 'test/cat: test cat', 'test/dog: test dog'])
  })

  it('are classes if only their name suggests a split', () => {
    const classes = (folders: string[]) => lay(folders).found.map(text => text.split(': ')[1])
    assert.deepEqual(classes(['car', 'plane', 'train']), ['train car', 'train plane', 'train train'])
    assert.deepEqual(classes(['flask', 'test_tube']), ['train flask', 'train test_tube'])
    assert.deepEqual(classes(['valid', 'invalid']), ['train invalid', 'train valid'])
    assert.deepEqual(classes(both('train', 'test', ['car', 'train'])), [
      'test car',
      'test train',
      'train car',
      'train train',
    ])
  })

  it('are classes if they are the innermost, but folders within a class belong to it', () => {
    assert.deepEqual(lay(['pets/a/cat', 'pets/b/dog']).found, [
      'pets/a/cat: train cat',
      'pets/b/dog: train dog',
    ])
    assert.deepEqual(lay(['x/cat', 'x/cat/more', 'x/dog']).found, [
      'x/cat: train cat',
      'x/cat/more: train cat',
      'x/dog: train dog',
    ])
    assert.deepEqual(lay(['cat/images', 'dog/images']).found, [
      'cat/images: train cat',
      'dog/images: train dog',
    ])
  })

  it('are held out if they are called validation within the training split', () => {
    const { found } = lay([...both('train', 'test'), ...both('train/val', 'x').slice(0, 2), 'train/valid'])
    assert.deepEqual(found.filter(text => text.startsWith('train/')).toSorted(), [
      'train/cat: train cat',
      'train/dog: train dog',
      'train/val/cat: test cat',
      'train/val/dog: test dog',
      'train/valid: train valid',
    ])
  })

  it('have a note on how many images without a class were left out', () => {
    const loose = lay(['pets 3', 'pets/cat', 'pets/dog'])
    assert.deepEqual(loose.found, ['pets/cat: train cat', 'pets/dog: train dog'])
    assert.match(
      loose.notes,
      /^3 of the images, in pets\/, are not in the folder of a class and were left out\.$/,
    )
    const heap = lay(['t/train/n1/images', 't/train/n2/images', 't/val/images 9', 't/test/images 8'])
    assert.deepEqual(heap.found, ['t/train/n1/images: train n1', 't/train/n2/images: train n2'])
    assert.match(
      heap.notes,
      /17 of the images, in t\/test\/images\/, t\/val\/images\/, .*not a class .*left out/,
    )
  })

  it('may be of one class, and a note says so', () => {
    const { found, notes } = lay(['photos/cat'])
    assert.deepEqual([found, notes], [['photos/cat: train cat'], 'All images are of one class, "cat".'])
  })

  for (const [folders, why] of [
    [['test/cat', 'test/dog'], /all images are in test\/, .*no training images/],
    [['data/validation/cat', 'data/validation/dog'], /all images are in data\/validation\//],
    [['test/cat', 'val/cat'], /no training images: those in test\/, val\/ are all in the test split/],
    [['cat', 'dog', 'test'], /test\/ \(4 images\) may be a split or a class/],
    [['train/cat', 'train/dog', 'extra/cat'], /train\/ \(8 images\) may be a split or a class/],
    [['train', 'test'], /those in test\/, train\/ are not in the folder of a class/],
    [['train'], /those in train\/ are not in the folder of a class/],
    [[''], /those in the top folder are not in the folder of a class/],
    [
      ['train/cat', 'train/dog', 'test/Cat', 'test/dog'],
      /test\/Cat\/ contains test images of the class "Cat"/,
    ],
  ] as const) {
    it(`are refused as ${folders.join(', ')}`, () => {
      assert.throws(() => lay(folders), { name: 'FormatError', message: why })
    })
  }

  it('may contain test images of a given class without training images', () => {
    const folders = ['train/cat', 'train/dog', 'test/cat', 'test/owl']
    assert.throws(() => lay(folders), /class "owl"/)
    assert.equal(lay(folders, ['cat', 'dog', 'owl']).found.length, 4)
  })
})
