import { z } from 'zod'
import { CIFAR10_CLASSES, CIFAR100_CLASSES } from './cifar-classes.ts'
import { didYouMean } from './did-you-mean.ts'

/** Per-channel normalization, applied after pixels are scaled to [0, 1]: (x - mean) / std. */
export const Normalization = z.strictObject({
  mean: z.array(z.number()).min(1).max(64).describe('One number per channel.'),
  std: z.array(z.number().positive()).min(1).max(64).describe('One number per channel.'),
})
export type Normalization = z.infer<typeof Normalization>

/** A limit, because every job that trains on a table stores its column names. A table with more columns stores none. */
export const MOST_COLUMN_NAMES = 2_000

/** The shapes, classes and counts of a dataset. */
export const DatasetFacts = z.object({
  dtype: z.enum(['uint8', 'float32']),
  inputShape: z.array(z.int()).describe('Of one example.'),
  classes: z.array(z.string()).describe('Class names by label; empty if examples have targets.'),
  targets: z.int().optional().describe('Target numbers of each example; absent for classes.'),
  splits: z.object({ train: z.int(), test: z.int() }),
  images: z
    .literal('files')
    .optional()
    .describe('Set if images differ in size: they are stored as files and decoded during training.'),
  folder: z
    .string()
    .optional()
    .describe('The folder in DATASETS_DIR that contains the images, if they are not stored.'),
  statistics: Normalization.optional().describe(
    'Mean and standard deviation of the training split by channel, as `normalize` accepts them.',
  ),
  columns: z
    .array(z.string())
    .max(MOST_COLUMN_NAMES)
    .optional()
    .describe('Names of the feature columns of a table, in the order of the values of an example.'),
  labelColumns: z.array(z.string()).optional().describe('Names of the label columns of a table.'),
  notes: z
    .array(z.string())
    .optional()
    .describe(
      'How the files were interpreted, one sentence each: what was skipped, how labels were mapped, what is unusual.',
    ),
})
export type DatasetFacts = z.infer<typeof DatasetFacts>

/** A dataset that jobs can name. */
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
  name: 'Synthetic images of the size of CIFAR-10, for trials and benchmarks',
  classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
}

/** Datasets that need no upload. An operator must provide the files of `cifar10` and `cifar100`. */
export const BUILT_IN_DATASETS: ReadonlyMap<string, Dataset> = new Map(
  [MNIST, CIFAR10, CIFAR100, SYNTHETIC_CIFAR10].map(dataset => [dataset.id, dataset]),
)

/** The error for a dataset that does not exist. */
export function unknownDataset(id: string): string {
  const known = [...BUILT_IN_DATASETS.keys()]
  return `there is no dataset "${id}"; the built-in datasets are: ${known.join(', ')}.${didYouMean(id, known)}`
}

const UPLOAD_ID = /^dataset_[0-9a-z]{26}$/

/** A dataset by name, which may not exist: a preset names the dataset of its experiment. */
export const DatasetRef = z.strictObject({
  id: z.string().min(1).max(100),
  normalize: Normalization.optional(),
  scale: z
    .enum(['unit', 'none'])
    .optional()
    .describe(
      'How byte values enter the network: `unit` as 0 to 1, `none` as 0 to 255. The default is `none` if the network starts with a Rescaling, Normalization or Embedding layer, `unit` otherwise.',
    ),
})

/** The facts of an upload that a job stores, and the digest of its stored form. Statistics and notes are only in the dataset. */
export const UploadedData = DatasetFacts.omit({ statistics: true, notes: true }).extend({
  sha256: z.string(),
})
export type UploadedData = z.infer<typeof UploadedData>

/** `dataset` in a request. */
export const DatasetSelection = DatasetRef.extend({
  id: DatasetRef.shape.id.refine(id => BUILT_IN_DATASETS.has(id) || UPLOAD_ID.test(id), {
    error: ({ input }) => unknownDataset(String(input)),
  }),
  upload: UploadedData.partial()
    .strict()
    .optional()
    .describe('As in the spec of a job: refused unless it matches the upload.'),
})
export type DatasetSelection = z.infer<typeof DatasetSelection>

/** The same in the spec of a job, with the facts of an upload, so that the job can be shown without the dataset. */
export const DatasetSpec = DatasetSelection.extend({ upload: UploadedData.optional() })
export type DatasetSpec = z.infer<typeof DatasetSpec>

/** The facts of the dataset of a spec; undefined if it does not exist. */
export function factsOf({ id, upload }: Pick<DatasetSpec, 'id' | 'upload'>): DatasetFacts | undefined {
  return upload ?? BUILT_IN_DATASETS.get(id)
}

/** Class names by label; empty if there are no classes. */
export function classesOf(dataset: DatasetSpec): readonly string[] {
  return factsOf(dataset)?.classes ?? []
}
