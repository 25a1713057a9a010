import type { Dataset } from '@thresher/client'
import { Command, Option } from 'commander'
import { action } from '../context.ts'
import { each } from '../each.ts'
import { examples } from '../examples.ts'
import { limitOption, printJson, printLines, printList } from '../print.ts'
import { DATASET_FORMATS } from '../request/dataset-request.ts'
import { parsePair } from '../request/options.ts'
import { datasetSheet } from '../show/dataset-sheet.ts'
import { bytes, count } from '../terminal/figures.ts'
import type { Column } from '../terminal/table.ts'
import { uploadDataset } from '../upload/upload-dataset.ts'

export default function datasets(): Command {
  return new Command()
    .description('Lists, uploads and deletes datasets.')
    .addCommand(ls())
    .addCommand(show())
    .addCommand(upload())
    .addCommand(rm())
    .addHelpText(
      'after',
      examples('thresher datasets ls', 'thresher datasets upload iris.csv --label species'),
    )
}

function ls(): Command {
  return new Command('ls')
    .description('Lists built-in and uploaded datasets.')
    .addOption(limitOption())
    .addHelpText('after', examples('thresher datasets ls'))
    .action(
      action((context, { limit }: { limit: number }) =>
        printList(context, context.thresher.datasets.list(), COLUMNS, { limit, empty: 'No datasets.' }),
      ),
    )
}

function show(): Command {
  return new Command('show')
    .description('Prints a dataset: shapes, classes, and notes on how its files were interpreted.')
    .argument('<dataset>', 'id of a dataset')
    .addHelpText('after', examples('thresher datasets show mnist'))
    .action(
      action(async (context, id: string) => {
        const dataset = await context.thresher.datasets.get(id)
        if (context.json) printJson(context, dataset)
        else printLines(context, datasetSheet(dataset, context))
      }),
    )
}

function upload(): Command {
  return new Command('upload')
    .description('Uploads a dataset, and prints how its files were interpreted.')
    .argument('<files...>', 'the files (docs/datasets.md)')
    .addOption(
      new Option('--format <format>', 'format of the files; by default that of their names').choices(
        DATASET_FORMATS,
      ),
    )
    .option('--resume <dataset>', 'continue the upload of the same files that was interrupted')
    .option('--name <name>', 'name of the dataset; by default that of the first file')
    .option('--label <column>', 'column of the label, by name or number; may be a list separated by commas')
    .option('--set <path=value>', 'another field, such as size=[224,224]; may be repeated', parsePair)
    .addHelpText(
      'after',
      examples(
        'thresher datasets upload iris.csv --label species',
        'thresher datasets upload train.zip test.zip --set size=[64,64]',
        'thresher datasets upload *-ubyte.gz --format idx --name digits',
      ),
    )
    .action(action(uploadDataset))
}

function rm(): Command {
  return new Command('rm')
    .description('Deletes datasets. Jobs that were trained on them are kept.')
    .argument('<datasets...>', 'ids of datasets')
    .addHelpText('after', examples('thresher datasets rm dataset_01k…'))
    .action(
      action((context, ids: string[]) =>
        each(context, ids, async id => {
          await context.thresher.datasets.delete(id)
          if (context.json) printJson(context, { id, deleted: true })
          else context.out.write(`${id}  deleted\n`)
        }),
      ),
    )
}

const COLUMNS: Column<Dataset>[] = [
  { title: 'dataset', value: ({ id }) => id },
  { title: 'name', value: ({ name }) => name, optional: 3, shrinkTo: 8 },
  { title: 'status', value: ({ status }) => status, optional: 1 },
  { title: 'input', value: ({ inputShape = [] }) => inputShape.join(' × ') },
  {
    title: 'classes',
    align: 'right',
    value: ({ classes }) => (classes ? count(classes.length) : ''),
    optional: 2,
  },
  { title: 'training', align: 'right', value: ({ splits }) => (splits ? count(splits.train) : '') },
  { title: 'test', align: 'right', value: ({ splits }) => (splits ? count(splits.test) : '') },
  {
    title: 'size',
    align: 'right',
    value: ({ sizeBytes }) => (sizeBytes ? bytes(sizeBytes) : ''),
    optional: 4,
  },
]
