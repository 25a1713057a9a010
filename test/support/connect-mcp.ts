import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport, type StdioServerParameters } from '@modelcontextprotocol/sdk/client/stdio.js'
import { environment, thresherPath } from './thresher-program.ts'

export interface McpConnection {
  url: string
  key?: string
  /** The folder that the user has chosen for downloads. */
  downloads?: string
}

/** `thresher mcp` as an MCP client starts it. */
export function mcpProgram({ url, key, downloads }: McpConnection): StdioServerParameters {
  const env = environment({
    THRESHER_URL: url,
    ...(key !== undefined && { THRESHER_KEY: key }),
    ...(downloads !== undefined && { THRESHER_DOWNLOADS: downloads }),
  })
  return { command: process.execPath, args: [thresherPath, 'mcp'], env: env as Record<string, string> }
}

/** The SDK's client of `thresher mcp`, over standard input and output. */
export async function connectMcp(connection: McpConnection): Promise<Client> {
  const client = new Client({ name: 'thresher-tests', version: '1' })
  await client.connect(new StdioClientTransport(mcpProgram(connection)))
  return client
}
