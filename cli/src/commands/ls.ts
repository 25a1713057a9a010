import type { JobQuery, ListedJob } from '@thresher/client'
import { Command, Option } from 'commander'
import { action, type Context } from '../context.ts'
import { examples } from '../examples.ts'
import { modelOf, statusColor, targetOf } from '../job-facts.ts'
import { shortId } from '../job-id.ts'
import { limitOption, printList } from '../print.ts'
import { parsePair } from '../request/options.ts'
import { ago, percent } from '../terminal/figures.ts'
import type { Column } from '../terminal/table.ts'
import { columnsOf } from '../terminal/terminal.ts'

const STATUSES = [
  ...['queued', 'running', 'restarting', 'pausing', 'paused'],
  ...['cancelling', 'succeeded', 'failed', 'cancelled'],
]
/** Terminals that are narrower show the ends of the ids. */
const COLUMNS_FOR_IDS = 110

interface LsOptions {
  status?: JobQuery['status']
  name?: string
  label?: [string, string][]
  sweep?: string
  sort?: NonNullable<JobQuery['sort']>
  limit: number
}

export default function ls(): Command {
  return new Command()
    .description('Lists jobs, newest first.')
    .addOption(
      new Option('-s, --status <status...>', 'only jobs with one of these statuses').choices(STATUSES),
    )
    .option('--name <text>', 'only jobs whose name begins with this')
    .option('--label <key=value>', 'only jobs with this label; may be repeated', parsePair)
    .option('--sweep <id>', 'only the jobs of this sweep')
    .addOption(
      new Option('--sort <field>', 'best first').choices(['createdAt', 'validationAccuracy', 'sparsity']),
    )
    .addOption(limitOption())
    .addHelpText(
      'after',
      examples(
        'thresher ls',
        'thresher ls --status running queued',
        'thresher ls --json --limit 0 | jq -r .id',
      ),
    )
    .action(action(run))
}

async function run(context: Context, { status, name, label, sweep, sort, limit }: LsOptions): Promise<void> {
  const query: JobQuery = {
    ...(status && { status }),
    ...(name && { name }),
    ...(sweep && { sweepId: sweep }),
    ...(sort && { sort }),
    ...(label && { labels: Object.fromEntries(label) }),
    limit: limit > 0 ? Math.min(limit + 1, 100) : 100,
  }
  const isWide = (columnsOf(context.out) ?? COLUMNS_FOR_IDS) >= COLUMNS_FOR_IDS
  await printList(context, context.thresher.jobs.list(query), columnsFor(context, isWide), {
    limit,
    empty: 'No jobs.',
  })
}

function columnsFor({ outColors: colors }: Context, isWide: boolean): Column<ListedJob>[] {
  return [
    { title: 'job', value: ({ id }) => (isWide ? id : shortId(id)) },
    {
      title: 'status',
      value: ({ status, progress }) =>
        status === 'running' ? `${status} ${Math.floor(100 * progress.fraction)} %` : status,
      color: (text, { status }) => statusColor(status, colors)(text),
    },
    { title: 'name', value: ({ name = '' }) => name, optional: 3, shrinkTo: 8 },
    { title: 'model', value: modelOf, optional: 4, shrinkTo: 8 },
    { title: 'target', value: job => targetOf(job) ?? '', optional: 5 },
    {
      title: 'epoch',
      align: 'right',
      value: ({ progress: { epoch, epochs } }) => `${epoch}/${epochs}`,
      optional: 2,
    },
    {
      title: 'accuracy',
      align: 'right',
      value: ({ metrics }) =>
        metrics?.validationAccuracy === undefined ? '' : percent(metrics.validationAccuracy),
    },
    { title: 'zeros', align: 'right', value: ({ metrics }) => (metrics ? percent(metrics.sparsity) : '') },
    { title: 'created', align: 'right', value: ({ createdAt }) => ago(createdAt), optional: 1 },
  ]
}
