import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BUILT_IN_DATASETS } from '#domain/dataset.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { decodeCifar } from '#formats/cifar.ts'
import { FormatError } from '#formats/format-error.ts'
import { decodeIdx } from '#formats/idx.ts'
import { mnistFiles, providedFiles } from '#uploads/dataset-files.ts'
import { type Examples, type Split, type Splits, wholeSplit } from './examples.ts'
import { holdOut } from './hold-out.ts'
import { StoredDataset } from './stored-examples.ts'
import { syntheticCifar10 } from './synthetic-cifar10.ts'

type SplitName = 'train' | 'test'

/** The location of datasets that are not built in. */
export interface DataPlaces {
  /** The folder of the operator's datasets. */
  datasetsDir?: string | undefined
  /** The file of an uploaded dataset. */
  uploadFile?: string | undefined
}

/** Reads the splits that a spec trains and validates on. @throws FormatError when a file has the wrong format */
export async function loadSplits(
  { dataset, validation, seed }: Pick<TrainingSpec, 'dataset' | 'validation' | 'seed'>,
  places: DataPlaces = {},
): Promise<Splits> {
  const { read, close } = await splitReader(dataset, places)
  const train = await read('train')
  const splits =
    'fraction' in validation
      ? holdOut(train, validation.fraction, seed)
      : { training: wholeSplit(train), validation: wholeSplit(await read('test')) }
  return { ...splits, ...(close && { close }) }
}

/** Reads the split that a spec validates on, and no other if the dataset stores it apart. `close` is as in `Splits`. @throws FormatError when a file has the wrong format */
export async function loadValidation(
  spec: Pick<TrainingSpec, 'dataset' | 'validation' | 'seed'>,
  places: DataPlaces,
): Promise<{ split: Split } & Pick<Splits, 'close'>> {
  if (!('fraction' in spec.validation)) return await loadWholeSplit(spec.dataset, 'test', places)
  const { validation: split, close } = await loadSplits(spec, places)
  return { split, ...(close && { close }) }
}

/** Reads one split of a dataset as it is stored. `close` is as in `Splits`. @throws FormatError when a file has the wrong format */
export async function loadWholeSplit(
  dataset: TrainingSpec['dataset'],
  name: SplitName,
  places: DataPlaces,
): Promise<{ split: Split } & Pick<Splits, 'close'>> {
  const { read, close } = await splitReader(dataset, places)
  return { split: wholeSplit(await read(name)), ...(close && { close }) }
}

async function splitReader(
  dataset: TrainingSpec['dataset'],
  { datasetsDir = '', uploadFile }: DataPlaces,
): Promise<{ read(split: SplitName): Promise<Split['examples']> } & Pick<Splits, 'close'>> {
  if (uploadFile === undefined) return { read: async split => readExamples(dataset.id, split, datasetsDir) }
  const stored = await StoredDataset.open(uploadFile)
  const folder = dataset.upload?.folder
  return {
    read: async split => stored.split(split, folder === undefined ? undefined : join(datasetsDir, folder)),
    close: () => stored.close(),
  }
}

function readExamples(id: string, split: SplitName, datasetsDir: string): Examples {
  const { splits } = BUILT_IN_DATASETS.get(id)!
  const examples = decode(id, split, datasetsDir)
  if (examples.count === splits[split]) return examples
  throw new FormatError(
    `${id} has ${examples.count} examples in its ${split} split instead of ${splits[split]}`,
  )
}

/** Reads synchronously, because a runner has nothing else to do, and Node reads files asynchronously in pieces of half a megabyte. */
function decode(id: string, split: SplitName, datasetsDir: string): Examples {
  switch (id) {
    case 'mnist': {
      const files = mnistFiles()[split]
      const pixels = decodeIdx(readFileSync(files.images))
      const { data: labels } = decodeIdx(readFileSync(files.labels))
      return { x: pixels.data, labels, count: pixels.shape[0]! }
    }
    case 'cifar10':
    case 'cifar100': {
      const paths = providedFiles(id, datasetsDir)[split]
      const files = paths.map(path => readFileSync(path))
      const { pixels: x, ...rest } = decodeCifar(Buffer.concat(files), id === 'cifar10' ? 10 : 100)
      return { x, ...rest }
    }
    case 'synthetic-cifar10':
      return syntheticCifar10(split, BUILT_IN_DATASETS.get(id)!.splits[split])
    default:
      throw new Error(`There is no dataset "${id}".`)
  }
}
