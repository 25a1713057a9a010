import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BUILT_IN_DATASETS } from '#domain/dataset.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { decodeCifar } from '#formats/cifar.ts'
import { FormatError } from '#formats/format-error.ts'
import { decodeIdx } from '#formats/idx.ts'
import { broughtFiles, mnistFiles } from '#infra/dataset-files.ts'
import type { Splits } from '#workers/training-run.ts'
import { type Examples, wholeSplit } from './examples.ts'
import { holdOut } from './hold-out.ts'
import { StoredDataset } from './stored-examples.ts'
import { syntheticCifar10 } from './synthetic-cifar10.ts'

type SplitName = 'train' | 'test'

/** Where data are that are not built in. */
export interface DataPlaces {
  /** Where an operator has put datasets. */
  datasetsDir?: string | undefined
  /** The file of an uploaded dataset. */
  uploadFile?: string | undefined
}

/** Reads what a spec learns from and what it is measured on. @throws FormatError when a file is not what it should be */
export async function loadSplits(
  { dataset, validation, seed }: Pick<TrainingSpec, 'dataset' | 'validation' | 'seed'>,
  { datasetsDir = '', uploadFile }: DataPlaces = {},
): Promise<Splits> {
  const stored = uploadFile === undefined ? undefined : await StoredDataset.open(uploadFile)
  const folder = dataset.upload?.folder
  const read = (split: SplitName) =>
    stored
      ? stored.split(split, folder === undefined ? undefined : join(datasetsDir, folder))
      : readExamples(dataset.id, split, datasetsDir)
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
      return { x: pixels.data, labels: decodeIdx(labels).data, count: pixels.shape[0]! }
    }
    case 'cifar10':
    case 'cifar100': {
      const paths = broughtFiles(id, datasetsDir)[split]
      const files = await Promise.all(paths.map(path => readFile(path)))
      const { pixels: x, ...rest } = decodeCifar(Buffer.concat(files), id === 'cifar10' ? 10 : 100)
      return { x, ...rest }
    }
    case 'synthetic-cifar10':
      return syntheticCifar10(split, BUILT_IN_DATASETS.get(id)!.splits[split])
    default:
      throw new Error(`There is no dataset "${id}".`)
  }
}
