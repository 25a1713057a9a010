import type { Key, KeyRequest } from '@thresher/client'
import { Argument, Command, Option } from 'commander'
import { action } from '../context.ts'
import { examples } from '../examples.ts'
import { limitOption, printJson, printList } from '../print.ts'
import { ago } from '../terminal/figures.ts'
import type { Column } from '../terminal/table.ts'

export default function keys(): Command {
  return new Command()
    .description('Manages the keys of a service; needs a key with the scope admin.')
    .addCommand(ls())
    .addCommand(create())
    .addCommand(revoke())
    .addHelpText('after', examples('thresher keys ls', 'thresher keys create nightly --scope submit'))
}

function ls(): Command {
  return new Command('ls')
    .description('Lists keys, newest first, without their secrets.')
    .addOption(limitOption())
    .addHelpText('after', examples('thresher keys ls'))
    .action(
      action((context, { limit }: { limit: number }) =>
        printList(context, context.thresher.keys.list(), COLUMNS, { limit, empty: 'No keys.' }),
      ),
    )
}

interface CreateOptions {
  scope: KeyRequest['scopes']
  tenant?: string
  expires?: string
}

function create(): Command {
  return new Command('create')
    .description('Creates a key and prints it, once.')
    .argument('<name>', 'who or what uses the key')
    .addOption(
      new Option('--scope <scope...>', 'what the key allows')
        .choices(['read', 'submit', 'admin'])
        .makeOptionMandatory(),
    )
    .option('--tenant <name>', 'tenant of the key; only operators may choose it')
    .option('--expires <time>', 'when the key expires, such as 2030-01-01 or 2030-01-01T12:00:00Z')
    .addHelpText('after', examples('thresher keys create nightly --scope submit --expires 2030-01-01'))
    .action(
      action(async (context, name: string, { scope, tenant, expires }: CreateOptions) => {
        const created = await context.thresher.keys.create({
          name,
          scopes: scope,
          ...(tenant !== undefined && { tenant }),
          ...(expires !== undefined && { expiresAt: /T/.test(expires) ? expires : `${expires}T00:00:00Z` }),
        })
        if (context.json) return printJson(context, created)
        context.out.write(`${created.key}\n`)
        context.err.write(
          context.errColors.dim(`This is ${created.id}. The service does not show the key again.\n`),
        )
      }),
    )
}

function revoke(): Command {
  return new Command('revoke')
    .description('Revokes keys. Their open streams end at once.')
    .addArgument(new Argument('<keys...>', 'ids of keys'))
    .addHelpText('after', examples('thresher keys revoke key_01k…'))
    .action(
      action(async (context, ids: string[]) => {
        for (const id of ids) {
          await context.thresher.keys.revoke(id)
          if (context.json) printJson(context, { id, revoked: true })
          else context.out.write(`${id}  revoked\n`)
        }
      }),
    )
}

const COLUMNS: Column<Key>[] = [
  { title: 'key', value: ({ id }) => id },
  { title: 'name', value: ({ name }) => name, shrinkTo: 8 },
  { title: 'scopes', value: ({ scopes }) => scopes.join(' ') },
  { title: 'tenant', value: ({ tenant }) => tenant, optional: 2 },
  {
    title: 'state',
    value: ({ revokedAt, expiresAt }) =>
      revokedAt ? 'revoked' : expiresAt && Date.parse(expiresAt) <= Date.now() ? 'expired' : 'valid',
  },
  {
    title: 'last used',
    align: 'right',
    value: ({ lastUsedAt }) => (lastUsedAt ? ago(lastUsedAt) : 'never'),
    optional: 1,
  },
]
