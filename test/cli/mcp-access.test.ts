import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { Thresher } from '@thresher/client'
import { connectMcp } from '#test/support/connect-mcp.ts'
import { keyOf } from '#test/support/key-of.ts'
import { type Api, startApi } from '#test/support/start-api.ts'
import { thresherPath } from '#test/support/thresher-program.ts'

const textOf = ({ content }: CallToolResult) => (content[0]?.type === 'text' ? content[0].text : '')
const codeOf = ({ structuredContent }: CallToolResult) =>
  (structuredContent as { error: { code: string } }).error.code

describe('thresher mcp with a key', () => {
  let api: Api
  before(async () => {
    api = await startApi({ adminKey: 'a'.repeat(40) })
  })
  after(() => api.stop())

  const toolsOf = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name)

  it('offers the tools that the scope of the key allows, and refuses the others', async () => {
    const reader = await connectMcp({
      url: api.url,
      key: (await keyOf(api.stores, { scopes: ['read'] })).text,
    })
    assert.deepEqual((await toolsOf(reader)).sort(), [
      'explain_error',
      'get_job',
      'list_datasets',
      'list_jobs',
      'list_models',
      'tradeoff',
      'watch',
    ])
    const refused = (await reader.callTool({
      name: 'submit',
      arguments: { job: { model: { preset: 'mnist-mlp' } } },
    })) as CallToolResult
    assert.match(textOf(refused), /needs a key with the scope "submit"; this key has "read"/)
    await reader.close()

    const submitter = await connectMcp({
      url: api.url,
      key: (await keyOf(api.stores, { scopes: ['submit'] })).text,
    })
    const tools = await toolsOf(submitter)
    assert.ok(tools.includes('submit') && tools.includes('cancel'))
    await submitter.close()
  })

  it('leaves no audit record by asking for the scope', async () => {
    const { text } = await keyOf(api.stores, { scopes: ['read'], tenant: 'readers' })
    const admin = await keyOf(api.stores, { scopes: ['admin'], tenant: 'readers' })
    const client = await connectMcp({ url: api.url, key: text })
    await client.listTools()
    await client.close()
    const { data } = await new Thresher({ url: api.url, key: admin.text }).audit.list()
    assert.deepEqual(data, [])
  })

  it('names the variable for the key if there is none', async () => {
    const client = await connectMcp({ url: api.url })
    const result = (await client.callTool({ name: 'list_jobs', arguments: {} })) as CallToolResult
    assert.equal(codeOf(result), 'unauthenticated')
    assert.match(textOf(result), /THRESHER_KEY/)
    const explained = (await client.callTool({
      name: 'explain_error',
      arguments: { code: 'unauthenticated' },
    })) as CallToolResult
    assert.match(textOf(explained), /THRESHER_KEY/)
    for (const code of ['__proto__', 'constructor']) {
      const unknown = await client.callTool({ name: 'explain_error', arguments: { code } })
      assert.equal(unknown.isError, true, code)
    }
    await client.close()
  })
})

describe('thresher mcp without a service', () => {
  it('starts as docs/mcp.md configures it', async () => {
    const page = await readFile('docs/mcp.md', 'utf8')
    const folder = await mkdtemp(join(tmpdir(), 'thresher-models-'))
    const configurations = [...page.matchAll(/```json\n([^`]*)```/g)].map(([, text]) => JSON.parse(text!))
    assert.equal(configurations.length, 2)
    for (const { mcpServers, servers = mcpServers } of configurations) {
      const { command, args, env } = servers.thresher
      const places: Record<string, string> = {
        '/path/to/thresher/cli/bin/thresher.mjs': thresherPath,
        '/path/to/models': folder,
      }
      const client = new Client({ name: 'thresher-tests', version: '1' })
      const options = { command, args: args.map((arg: string) => places[arg] ?? arg), env }
      await client.connect(new StdioClientTransport(options))
      const { tools } = await client.listTools()
      assert.ok(tools.some(({ name }) => name === 'download'))
      await client.close()
    }
    await rm(folder, { recursive: true })
  })

  it('lists its tools, and says with each call how to start a service', async () => {
    const client = await connectMcp({ url: 'http://127.0.0.1:9' })
    const { tools } = await client.listTools()
    assert.ok(tools.some(({ name }) => name === 'submit'))
    const result = (await client.callTool({ name: 'list_jobs', arguments: {} })) as CallToolResult
    assert.equal(result.isError, true)
    assert.match(textOf(result), /does not answer.*thresher up.*THRESHER_URL/)
    await client.close()
  })
})
