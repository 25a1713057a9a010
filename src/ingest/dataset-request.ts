import { z } from 'zod'
import { Name } from '#domain/name.ts'

const common = {
  name: Name,
  classes: z
    .array(z.string().min(1).max(200))
    .min(2)
    .max(10_000)
    .superRefine((names, context) => {
      const seen = new Set<string>()
      for (const [index, name] of names.entries()) {
        if (seen.has(name)) context.addIssue({ code: 'custom', path: [index], message: 'is given twice' })
        seen.add(name)
      }
    })
    .optional()
    .describe(
      'Names of the classes. A label is one of them, or its index from 0. By default, the classes are the labels that are found in the data.',
    ),
}

const labels = z
  .enum(['classes', 'targets'])
  .optional()
  .describe(
    'Whether labels are classes or regression targets. By default, integers, words and booleans are classes, and numbers with fractions are targets.',
  )

const column = z.union([z.string().min(1), z.int().min(0)])

/** Images of other sizes are resized: the shorter side to 256/224 of this size, then a center crop (as in torchvision's examples). */
const size = z
  .tuple([z.int().min(1).max(2048), z.int().min(1).max(2048)])
  .optional()
  .describe('Height and width of the model input; required if images differ in size.')
const channels = z.union([z.literal(1), z.literal(3)]).default(3)

/** The part `spec` of an upload, which describes its files. */
export const DatasetRequest = z
  .discriminatedUnion('format', [
    z.strictObject({ ...common, format: z.literal('npz'), labels }),
    z.strictObject({ ...common, format: z.literal('npy'), labels }),
    z.strictObject({ ...common, format: z.literal('idx') }),
    z.strictObject({
      ...common,
      format: z.literal('csv'),
      label: z
        .union([column, z.array(column).min(1)])
        .describe('Column or columns, by name or by index from 0.'),
      labels,
      header: z.boolean().default(true),
      delimiter: z
        .string()
        .regex(
          /^[^"\r\n]$/,
          'must be one character, neither a quote nor a line break; a tab is "\\t" in JSON',
        )
        .default(','),
    }),
    z.strictObject({
      ...common,
      format: z.literal('parquet'),
      label: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).default('label'),
      labels,
      size,
      channels,
    }),
    z.strictObject({ ...common, format: z.literal('cifar') }),
    z.strictObject({ ...common, format: z.literal('imageFolder'), size, channels }),
    z.strictObject({
      ...common,
      format: z.literal('tfrecord'),
      image: z.string().min(1).default('image/encoded'),
      label: z.string().min(1).default('image/class/label'),
      firstLabel: z
        .int()
        .min(0)
        .default(0)
        .describe('The label of the first class: 1 in the ImageNet files.'),
      size,
      channels,
    }),
  ])
  .meta({ id: 'DatasetRequest', examples: [{ name: 'iris', format: 'csv', label: 'species' }] })
export type DatasetRequest = z.infer<typeof DatasetRequest>

/** The name of a file in an upload. It is never used as a path. */
export const FileName = z
  .string()
  .min(1)
  .max(255)
  .refine(
    text => !/[/\\\p{Cc}\p{Cs}]/u.test(text),
    'must be the name of a file, without a folder and without control characters',
  )
  .meta({ pattern: '^[^/\\\\\\u0000-\\u001f\\u007f-\\u009f]*$' })

/** The highest number of files in one upload, and of bytes in each. */
export const MOST_FILES = 1000
export const MOST_FILE_BYTES = 4 * 1024 ** 3

const files = z
  .array(z.strictObject({ name: FileName, sizeBytes: z.int().min(1).max(MOST_FILE_BYTES) }))
  .min(1)
  .max(MOST_FILES)
  .superRefine((announced, context) => {
    const seen = new Set<string>()
    for (const [index, { name }] of announced.entries()) {
      if (seen.has(name))
        context.addIssue({ code: 'custom', path: [index, 'name'], message: 'is given twice' })
      seen.add(name)
    }
  })
  .describe('The files, each of which is sent in chunks by `PUT /v1/datasets/{datasetId}/content`.')
const [first, ...others] = DatasetRequest.options

/** Announces an upload in chunks: the spec of a dataset, and its files. */
export const DatasetUploadRequest = z
  .discriminatedUnion('format', [first.extend({ files }), ...others.map(option => option.extend({ files }))])
  .meta({
    id: 'DatasetUploadRequest',
    examples: [
      { name: 'iris', format: 'csv', label: 'species', files: [{ name: 'iris.csv', sizeBytes: 4551 }] },
    ],
  })
export type DatasetUploadRequest = DatasetRequest & { files: z.infer<typeof files> }

/** Registers images that are already in DATASETS_DIR, as `train/CLASS/image` and `val/CLASS/image`. */
export const FolderRequest = z
  .strictObject({
    ...common,
    format: z.literal('imageFolder'),
    folder: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be the name of a folder in DATASETS_DIR')
      .max(200),
    size: size.unwrap(),
    channels,
  })
  .meta({
    id: 'FolderRequest',
    examples: [{ name: 'ImageNet', format: 'imageFolder', folder: 'imagenet', size: [224, 224] }],
  })
export type FolderRequest = z.infer<typeof FolderRequest>

export type RequestOf<Format extends DatasetRequest['format']> = Extract<DatasetRequest, { format: Format }>
