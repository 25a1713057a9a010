import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'

/** The command line as users have it: one bundle in a folder of its own. */
export async function buildCli(): Promise<{ program: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'thresher-cli-'))
  await promisify(execFile)(process.execPath, ['cli/build.mjs', folder])
  return { program: join(folder, 'main.js'), remove: () => rm(folder, { recursive: true }) }
}

/** Where `thresher mcp` finds its service. No file of the user takes part. */
export interface McpConnection {
  url: string
  key?: string
  downloads?: string
}

export function mcpEnvironment({ url, key, downloads }: McpConnection): Record<string, string> {
  return {
    ...{ PATH: process.env.PATH ?? '', XDG_CONFIG_HOME: tmpdir(), THRESHER_URL: url },
    ...(key !== undefined && { THRESHER_KEY: key }),
    ...(downloads !== undefined && { THRESHER_DOWNLOADS: downloads }),
  }
}

/** The SDK's client of `thresher mcp`, over standard input and output. */
export async function connectMcp(program: string, connection: McpConnection): Promise<Client> {
  const client = new Client({ name: 'thresher-tests', version: '1' })
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [program, 'mcp'],
      env: mcpEnvironment(connection),
    }),
  )
  return client
}
