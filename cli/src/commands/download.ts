import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type ArtifactQuery, NotFoundError } from '@thresher/client'
import { download as downloadFile } from '@thresher/client/files'
import { Command, Option } from 'commander'
import { action, type Context } from '../context.ts'
import { examples } from '../examples.ts'
import { usageError } from '../failure.ts'
import { jobId } from '../job-id.ts'
import { printJson } from '../print.ts'
import { parseBytes, parseCheckpoint, parseShare } from '../request/options.ts'
import { bytes } from '../terminal/figures.ts'
import { orMeasure } from '../tradeoff/not-measured.ts'
import { TransferDisplay } from '../transfer/transfer-display.ts'

const DEFAULT_ARTIFACT = 'model.sparse.safetensors'
/** The name that the service gives the zip of a model with its runtime. */
const RUNTIME_ZIP = 'model.runtime.zip'

interface Options {
  output?: string
  sparsity?: number
  size?: number
  minAccuracy?: number
  rule?: NonNullable<ArtifactQuery['rule']>
  scope?: NonNullable<ArtifactQuery['scope']>
  checkpoint?: 'best' | 'latest' | number
  layout?: 'torch'
  runtime?: true
  dtype?: 'bf16' | 'int8'
  structure?: 'compact'
}

export default function download(): Command {
  return new Command()
    .description(
      'Downloads a file of a job or a model, continues an interrupted download, and verifies the digest.',
    )
    .argument('<job>', 'id of a job, its last characters or @1; or a model such as digits@3')
    .argument('[file]', 'the file, as `thresher show` lists it', DEFAULT_ARTIFACT)
    .option(
      '-o, --output <path>',
      'file or folder to write to, which is created; by default the name of the file',
    )
    .option('--sparsity <share>', 'the model cut to this sparsity, of its trade-off', parseShare)
    .option('--size <bytes>', 'the most accurate cut of at most this size', parseBytes)
    .option('--min-accuracy <share>', 'the smallest cut of at least this validation accuracy', parseShare)
    .addOption(new Option('--rule <rule>', 'only cuts of this rule').choices(['magnitude', 'threshold']))
    .addOption(new Option('--scope <scope>', 'only cuts of this scope').choices(['global', 'layer']))
    .option(
      '--checkpoint <which>',
      'best, latest or the number of an epoch; by default the model',
      parseCheckpoint,
    )
    .addOption(new Option('--layout <layout>', 'kernels and names as in PyTorch').choices(['torch']))
    .addOption(new Option('--dtype <type>', 'weights rounded to bfloat16 or int8').choices(['bf16', 'int8']))
    .addOption(
      new Option('--structure <structure>', 'without the channels and units that do nothing').choices([
        'compact',
      ]),
    )
    .option('--runtime', 'a zip with a page that runs the model in a browser, without a server')
    .addHelpText(
      'after',
      examples(
        'thresher download @1',
        'thresher download @1 model.onnx -o digits.onnx',
        'thresher download @1 --sparsity 0.97',
        'thresher download @1 --runtime',
      ),
    )
    .action(action(run))
}

async function run(context: Context, record: string, name: string, options: Options): Promise<void> {
  const { thresher, out, err, errColors } = context
  const path = await pathFor(options.runtime ? RUNTIME_ZIP : name, options.output)
  const isModel = record.includes('@') && !record.startsWith('@') ? true : record.startsWith('model_')
  const id = isModel ? undefined : await jobId(thresher, record)
  const query = queryOf(options)
  const source = id ? { jobId: id, name, query } : { modelId: record, name, query }
  const display = new TransferDisplay(context, path)
  const { sha256, sizeBytes } = await downloadFile(thresher, source, path, {
    onProgress: ({ receivedBytes, totalBytes }) => display.show(receivedBytes, totalBytes),
  })
    .finally(() => display.close())
    .catch(orMeasure(id))
    .catch(orList(context, id, name))
  if (context.json) return printJson(context, { path, sizeBytes, sha256 })
  out.write(`${path}\n`)
  err.write(errColors.dim(`${bytes(sizeBytes)}, sha256 ${sha256}, verified\n`))
}

/** Handles a refusal of a file that the job does not have: lists those that it has. */
function orList(
  { thresher }: Context,
  id: string | undefined,
  name: string,
): (error: unknown) => Promise<never> {
  return async error => {
    if (!id || !(error instanceof NotFoundError)) throw error
    // Without the job, there is only the first error to report.
    const { data } = await thresher.jobs.artifacts(id).then(
      page => page,
      () => ({ data: [] }),
    )
    const names = data.map(file => file.name)
    if (names.length === 0 || names.includes(name)) throw error
    throw usageError(`The job has no file ${name}.`, `Its files: ${names.join(', ')}.`)
  }
}

/** @throws Failure if there is no folder for the file */
async function pathFor(name: string, output: string | undefined): Promise<string> {
  const path = await chosenPath(name, output)
  const folder = await stat(dirname(path)).catch(() => undefined)
  if (!folder?.isDirectory()) throw usageError(`--output: there is no folder ${dirname(path)}.`)
  return path
}

async function chosenPath(name: string, output: string | undefined): Promise<string> {
  if (output === undefined) return basename(name)
  if (output === '') throw usageError('--output must be a file or a folder.')
  const found = await stat(output).catch(() => undefined)
  return found?.isDirectory() || output.endsWith('/') ? join(output, basename(name)) : output
}

function queryOf({ output: _, size, minAccuracy, runtime, ...query }: Options): ArtifactQuery {
  return {
    ...query,
    ...(runtime && { runtime: 'browser' as const }),
    ...(size !== undefined && { sizeBytes: size }),
    ...(minAccuracy !== undefined && { minValidationAccuracy: minAccuracy }),
  }
}
