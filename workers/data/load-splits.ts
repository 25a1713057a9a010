import { readFile } from 'node:fs/promises'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { decodeIdx } from '#formats/idx.ts'
import { datasetFiles, type SplitFiles } from '#infra/dataset-files.ts'
import type { Splits } from '#workers/training-run.ts'
import { type Examples, wholeSplit } from './examples.ts'
import { holdOut } from './hold-out.ts'

/** Reads what a spec learns from and what it is measured on. @throws FormatError when a file is not what it should be */
export async function loadSplits({ dataset, validation, seed }: TrainingSpec): Promise<Splits> {
  const files = datasetFiles(dataset.id)
  const train = await readExamples(files.train)
  if ('fraction' in validation) return holdOut(train, validation.fraction, seed)
  return { training: wholeSplit(train), validation: wholeSplit(await readExamples(files.test)) }
}

async function readExamples(files: SplitFiles): Promise<Examples> {
  const [images, labels] = await Promise.all([readFile(files.images), readFile(files.labels)])
  const pixels = decodeIdx(images)
  return { pixels: pixels.data, labels: decodeIdx(labels).data, count: pixels.shape[0]! }
}
