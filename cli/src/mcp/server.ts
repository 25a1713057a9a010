import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js'
import {
  CallToolRequestSchema,
  ErrorCode,
  GetPromptRequestSchema,
  type Tool as ListedTool,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
  type ServerNotification,
  type ServerRequest,
} from '@modelcontextprotocol/sdk/types.js'
import type { Thresher } from '@thresher/client'
import { callTool } from './call-tool.ts'
import { getPrompt, PROMPTS } from './prompts.ts'
import { listResources, RESOURCE_TEMPLATES, readResource } from './resources.ts'
import { Schemas } from './schemas.ts'
import { ServiceFacts } from './service-facts.ts'
import type { Call, Tool } from './tool.ts'
import { errorResult, ToolError } from './tool-error.ts'
import { TOOLS } from './tools.ts'

export interface ServerOptions {
  thresher: Thresher
  version: string
  /** The folder that `download` may write to. Without it, there is no such tool. */
  downloads?: string
}

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>

/** An MCP server for one service. It uses the class that accepts JSON Schemas, because those of the tools come from the contract. */
export function createServer({ thresher, version, downloads }: ServerOptions): Server {
  const server = new Server(
    { name: 'thresher', title: 'Thresher', version },
    { capabilities: { tools: {}, resources: {}, prompts: {} }, instructions: instructions(downloads) },
  )
  const facts = new ServiceFacts(thresher)
  server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools: await listTools(facts, downloads) }))
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const tool = TOOLS.find(({ name }) => name === params.name)
    if (!tool) throw new McpError(ErrorCode.InvalidParams, `There is no tool ${params.name}.`)
    if (!isOffered(tool, downloads)) return errorResult(new ToolError(NO_DOWNLOADS))
    return await callTool(tool, params.arguments ?? {}, callOf(thresher, downloads, extra))
  })
  server.setRequestHandler(ListResourcesRequestSchema, ({ params }) =>
    listResources(thresher, params?.cursor),
  )
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({
    resourceTemplates: RESOURCE_TEMPLATES,
  }))
  server.setRequestHandler(ReadResourceRequestSchema, ({ params }) => readResource(thresher, params.uri))
  server.setRequestHandler(ListPromptsRequestSchema, () => ({ prompts: [...PROMPTS] }))
  server.setRequestHandler(GetPromptRequestSchema, ({ params }) => getPrompt(params.name, params.arguments))
  return server
}

const NO_DOWNLOADS =
  'Downloads are off. The user turns them on with a folder: `thresher mcp --downloads FOLDER`, or THRESHER_DOWNLOADS.'

function instructions(downloads: string | undefined): string {
  return [
    'Thresher trains neural networks whose weights are mostly zero, and forecasts, measures and exports them.',
    'The usual order: list_models, list_datasets, plan (free) until no warning is left that matters, submit, watch, tradeoff, download.',
    'To get a share of zeros, give the job a target: {"target": {"sparsity": 0.95}} with the optimizer grda.',
    'A failed call has an `error` with the path of each wrong field. explain_error explains failures, warnings and errors.',
    downloads === undefined ? NO_DOWNLOADS : `Files are stored in ${downloads}.`,
  ].join('\n')
}

async function listTools(facts: ServiceFacts, downloads: string | undefined): Promise<ListedTool[]> {
  const [contract, maySubmit] = await Promise.all([facts.contract(), facts.maySubmit()])
  const schemas = new Schemas(contract)
  return TOOLS.filter(tool => isOffered(tool, downloads) && (maySubmit || tool.scope === 'read')).map(
    ({ name, title, description, effects, input }) => ({
      ...{ name, title, description },
      inputSchema: schemas.input(input(schemas)),
      // Tools reach the service and nothing else.
      annotations: { title, ...effects, openWorldHint: false },
    }),
  )
}

function isOffered({ needsDownloads }: Tool, downloads: string | undefined): boolean {
  return !needsDownloads || downloads !== undefined
}

function callOf(thresher: Thresher, downloads: string | undefined, extra: Extra): Call {
  const progressToken = extra._meta?.progressToken
  return {
    ...{ thresher, downloads, signal: extra.signal },
    async progress(progress, total, message) {
      if (progressToken === undefined) return
      const params = { progressToken, progress, total, message }
      // A client that has gone needs no progress.
      await extra.sendNotification({ method: 'notifications/progress', params }).catch(() => {})
    },
  }
}
