import { z } from 'zod'
import { CIFAR10_CLASSES, CIFAR100_CLASSES } from './cifar-classes.ts'
import { didYouMean } from './did-you-mean.ts'

/** Per-channel normalisation, applied after pixels are scaled to [0, 1]: (x - mean) / std. */
export const Normalization = z.strictObject({
  mean: z.array(z.number()).min(1).max(64).describe('One number a channel.'),
  std: z.array(z.number().positive()).min(1).max(64).describe('One number a channel.'),
})
export type Normalization = z.infer<typeof Normalization>

/** Names travel with every job that trains on the table; a table with more columns goes without. */
export const MOST_COLUMN_NAMES = 2_000

/** What is known of a dataset without its data; bytes count as fractions of 255. */
export const DatasetFacts = z.object({
  dtype: z.enum(['uint8', 'float32']),
  inputShape: z.array(z.int()).describe('Of one example.'),
  classes: z.array(z.string()).describe('Names by label; none where examples have targets.'),
  targets: z.int().optional().describe('Numbers that each example has in the place of a class.'),
  splits: z.object({ train: z.int(), test: z.int() }),
  images: z.literal('files').optional().describe('Images that differ in size stay the files they are.'),
  folder: z.string().optional().describe('Or they lie in this folder of DATASETS_DIR.'),
  statistics: Normalization.optional().describe('Of the training split, by channel: what `normalize` takes.'),
  columns: z
    .array(z.string())
    .max(MOST_COLUMN_NAMES)
    .optional()
    .describe("Names of a table's feature columns, in the order of the numbers of an example."),
  labelColumns: z.array(z.string()).optional().describe("Names of a table's label columns."),
  notes: z
    .array(z.string())
    .optional()
    .describe(
      'How the files were understood, one sentence each: what was left out, what the labels became, what is unusual.',
    ),
})
export type DatasetFacts = z.infer<typeof DatasetFacts>

/** A dataset that jobs can name: shapes and counts, never the data. */
export interface Dataset extends DatasetFacts {
  id: string
  name: string
}

const MNIST: Dataset = {
  id: 'mnist',
  name: 'MNIST handwritten digits (LeCun, Cortes, Burges)',
  dtype: 'uint8',
  inputShape: [28, 28, 1],
  classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  splits: { train: 60_000, test: 10_000 },
}

const CIFAR10: Dataset = {
  id: 'cifar10',
  name: 'CIFAR-10 photographs (Krizhevsky), from the binary version in DATASETS_DIR/cifar10',
  dtype: 'uint8',
  inputShape: [32, 32, 3],
  classes: CIFAR10_CLASSES,
  splits: { train: 50_000, test: 10_000 },
}

const CIFAR100: Dataset = {
  ...CIFAR10,
  id: 'cifar100',
  name: 'CIFAR-100 photographs (Krizhevsky) by fine label, from the binary version in DATASETS_DIR/cifar100',
  classes: CIFAR100_CLASSES,
}

const SYNTHETIC_CIFAR10: Dataset = {
  ...CIFAR10,
  id: 'synthetic-cifar10',
  name: 'Images of CIFAR-10 size that are drawn, not photographed: for trials and benchmarks',
  classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
}

/** What this service can read by itself; `cifar10` and `cifar100` have to be brought by an operator. */
export const BUILT_IN_DATASETS: ReadonlyMap<string, Dataset> = new Map(
  [MNIST, CIFAR10, CIFAR100, SYNTHETIC_CIFAR10].map(dataset => [dataset.id, dataset]),
)

/** What there is to say to somebody who names a dataset that is not there. */
export function unknownDataset(id: string): string {
  const known = [...BUILT_IN_DATASETS.keys()]
  return `there is no dataset "${id}"; there is: ${known.join(', ')}, and what was uploaded.${didYouMean(id, known)}`
}

const UPLOAD_ID = /^dataset_[0-9a-z]{26}$/

/** A dataset by name, there or not: a preset names the one of its experiment. */
export const DatasetRef = z.strictObject({
  id: z.string().min(1).max(100),
  normalize: Normalization.optional(),
  scale: z
    .enum(['unit', 'none'])
    .optional()
    .describe(
      'How bytes reach the network: `unit` as 0 to 1, `none` as 0 to 255. Unless it is given: `none` where the network begins with a Rescaling or Normalization of its own, which is said in the spec; `unit` otherwise.',
    ),
})

/** What was found in an upload, and the digest of what is stored of it. Statistics and notes stay with the dataset. */
export const UploadedData = DatasetFacts.omit({ statistics: true, notes: true }).extend({
  sha256: z.string(),
})
export type UploadedData = z.infer<typeof UploadedData>

/** What a client posts as `dataset`. */
export const DatasetSelection = DatasetRef.extend({
  id: DatasetRef.shape.id.refine(id => BUILT_IN_DATASETS.has(id) || UPLOAD_ID.test(id), {
    error: ({ input }) => unknownDataset(String(input)),
  }),
  upload: UploadedData.partial()
    .strict()
    .optional()
    .describe('As the spec of a job has it: refused unless the upload is still this one.'),
})
export type DatasetSelection = z.infer<typeof DatasetSelection>

/** The same in a job's spec: what is known of an upload goes along, so that the job can be read without it. */
export const DatasetSpec = DatasetSelection.extend({ upload: UploadedData.optional() })
export type DatasetSpec = z.infer<typeof DatasetSpec>

/** What is known of a spec's dataset; nothing of one that is not there. */
export function factsOf({ id, upload }: Pick<DatasetSpec, 'id' | 'upload'>): DatasetFacts | undefined {
  return upload ?? BUILT_IN_DATASETS.get(id)
}

/** Names by label; none where there are no classes. */
export function classesOf(dataset: DatasetSpec): readonly string[] {
  return factsOf(dataset)?.classes ?? []
}
