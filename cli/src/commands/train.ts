import type { JobRequest } from '@thresher/client'
import { Command } from 'commander'
import { action, type Context } from '../context.ts'
import { examples } from '../examples.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { planLines } from '../plan/plan-lines.ts'
import { printJson, printLines } from '../print.ts'
import { jobRequest, type TrainOptions } from '../request/job-request.ts'
import { parseBytes, parseInteger, parseNumber, parsePair, parseShare } from '../request/options.ts'
import { harmless } from '../terminal/text.ts'
import { watchJob } from '../watch/watch-job.ts'

export default function train(): Command {
  const command = new Command()
    .description('Submits a training job.')
    .argument(
      '<what>',
      'a preset such as mnist-mlp, a model id, a JSON file with the spec, or - for standard input',
    )
  return specOptions(command)
    .option('-w, --watch', 'show the job until it has ended')
    .option('-n, --dry-run', 'print the plan with its forecast, and submit nothing')
    .addHelpText(
      'after',
      examples(
        'thresher train mnist-mlp --sparsity 0.95 --watch',
        'thresher train mnist-lenet --epochs 6 --lr 0.05 --mu 0.6 --sparsity 99% --dry-run',
        'thresher train spec.json --seed 2 --label team=vision',
        'JOB=$(thresher train - < spec.json)',
      ),
    )
    .action(action(run))
}

/** The options for fields of the spec. */
function specOptions(command: Command): Command {
  return command
    .option('--sparsity <share>', 'share of zeros that the model must have, such as 0.95 or 95%', parseShare)
    .option(
      '--size <bytes>',
      'instead of it, largest size of model.sparse.safetensors, such as 100kB',
      parseBytes,
    )
    .option('--c <scale>', 'scale of the threshold of gRDA', parseNumber)
    .option('--mu <exponent>', 'growth of the threshold of gRDA, from 0.5 to 1', parseNumber)
    .option('--lr <rate>', 'learning rate', parseNumber)
    .option('--epochs <n>', 'number of epochs', parseInteger)
    .option('--batch <n>', 'examples in a batch', parseInteger)
    .option('--seed <n>', 'seed of the initial weights and the order of the examples', parseInteger)
    .option('--dataset <id>', 'dataset, built in or uploaded')
    .option('--name <name>', 'name of the job')
    .option('--label <key=value>', 'label; may be repeated', parsePair)
    .option('--set <path=value>', 'any other field, such as schedule.name=cosine; may be repeated', parsePair)
}

async function run(
  context: Context,
  what: string,
  { watch, dryRun, ...options }: TrainOptions & { watch?: true; dryRun?: true },
): Promise<ExitCode> {
  const request = await jobRequest(context.thresher, what, options)
  return dryRun ? await plan(context, request) : await submit(context, request, watch ?? false)
}

async function plan(context: Context, request: JobRequest): Promise<ExitCode> {
  const dryRun = await context.thresher.jobs.plan(request)
  if (context.json) printJson(context, dryRun)
  else printLines(context, planLines(dryRun, context))
  return EXIT.succeeded
}

async function submit(context: Context, request: JobRequest, watch: boolean): Promise<ExitCode> {
  const { thresher, json, out, err, errColors } = context
  const job = await thresher.jobs.create(request)
  const warnings = job.warnings.map(({ message }) => `${errColors.yellow('warning')}  ${harmless(message)}\n`)
  if (json && !watch) printJson(context, job)
  if (json) return watch ? await watchJob(context, job.id, out) : EXIT.succeeded
  out.write(`${job.id}\n`)
  if (watch) return await watchJob(context, job.id, err)
  err.write(warnings.join(''))
  err.write(errColors.dim(`thresher watch ${job.id}\n`))
  return EXIT.succeeded
}
