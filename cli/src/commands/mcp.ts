import { once } from 'node:events'
import { realpath, stat } from 'node:fs/promises'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { Command, Option } from 'commander'
import { action, type Context } from '../context.ts'
import { examples } from '../examples.ts'
import { usageError } from '../failure.ts'
import { createServer } from '../mcp/server.ts'

declare const THRESHER_VERSION: string

interface Options {
  downloads?: string
}

export default function mcp(): Command {
  return new Command()
    .description(
      'Serves the Model Context Protocol on standard input and output, so that an assistant can plan, train, measure and download models. An MCP client starts it (docs/mcp.md).',
    )
    .addOption(
      new Option(
        '--downloads <folder>',
        'folder that the assistant may store models in; without it, it cannot download',
      ).env('THRESHER_DOWNLOADS'),
    )
    .addHelpText('after', examples('thresher mcp', 'thresher mcp --downloads ~/models'))
    .action(action(run))
}

const FOR_CLIENTS = 'This command speaks to an MCP client, which starts it (docs/mcp.md). Ctrl-C ends it.\n'

async function run({ thresher, err }: Context, options: Options): Promise<void> {
  const downloads = options.downloads === undefined ? undefined : await folderOf(options.downloads)
  const server = createServer({ thresher, version: THRESHER_VERSION, ...(downloads && { downloads }) })
  server.onerror = error => err.write(`thresher mcp: ${error.message}\n`)
  if (process.stdin.isTTY) err.write(FOR_CLIENTS)
  await server.connect(new StdioServerTransport())
  // The client has closed the pipe, as the protocol prescribes for the end.
  await once(process.stdin, 'end')
  await server.close()
}

async function folderOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isDirectory())
    throw usageError(`--downloads: ${path} is not a folder.`, `Create it with \`mkdir -p ${path}\`.`)
  return await realpath(path)
}
