import { readFile } from 'node:fs/promises'
import { BUILT_IN_DATASETS } from '#domain/dataset.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { decodeCifar } from '#formats/cifar.ts'
import { FormatError } from '#formats/format-error.ts'
import { decodeIdx } from '#formats/idx.ts'
import { broughtFiles, mnistFiles } from '#infra/dataset-files.ts'
import type { Splits } from '#workers/training-run.ts'
import { type Examples, wholeSplit } from './examples.ts'
import { holdOut } from './hold-out.ts'
import { syntheticCifar10 } from './synthetic-cifar10.ts'

type SplitName = 'train' | 'test'

/**
 * Reads what a spec learns from and what it is measured on.
 * @param datasetsDir where an operator has put datasets
 * @throws FormatError when a file is not what it should be
 */
export async function loadSplits(
  { dataset, validation, seed }: Pick<TrainingSpec, 'dataset' | 'validation' | 'seed'>,
  datasetsDir = '',
): Promise<Splits> {
  const read = (split: SplitName) => readExamples(dataset.id, split, datasetsDir)
  const train = await read('train')
  if ('fraction' in validation) return holdOut(train, validation.fraction, seed)
  return { training: wholeSplit(train), validation: wholeSplit(await read('test')) }
}

async function readExamples(id: string, split: SplitName, datasetsDir: string): Promise<Examples> {
  const { splits } = BUILT_IN_DATASETS.get(id)!
  const examples = await decode(id, split, datasetsDir)
  if (examples.count === splits[split]) return examples
  throw new FormatError(
    `${id} has ${examples.count} examples in its ${split} split instead of ${splits[split]}`,
  )
}

async function decode(id: string, split: SplitName, datasetsDir: string): Promise<Examples> {
  switch (id) {
    case 'mnist': {
      const files = mnistFiles()[split]
      const [images, labels] = await Promise.all([readFile(files.images), readFile(files.labels)])
      const pixels = decodeIdx(images)
      return { pixels: pixels.data, labels: decodeIdx(labels).data, count: pixels.shape[0]! }
    }
    case 'cifar10':
    case 'cifar100': {
      const paths = broughtFiles(id, datasetsDir)[split]
      const files = await Promise.all(paths.map(path => readFile(path)))
      return decodeCifar(Buffer.concat(files), id === 'cifar10' ? 10 : 100)
    }
    case 'synthetic-cifar10':
      return syntheticCifar10(split, BUILT_IN_DATASETS.get(id)!.splits[split])
    default:
      throw new Error(`There is no dataset "${id}".`)
  }
}
