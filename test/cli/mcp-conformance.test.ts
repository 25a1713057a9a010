import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { FS_OF_NODE_22 } from '#test/support/fs-of-node-22.ts'
import { mcpOverHttp } from '#test/support/mcp-over-http.ts'
import { type Api, startApi } from '#test/support/start-api.ts'
import { buildCli, mcpEnvironment } from '#test/support/start-mcp.ts'

/**
 * The scenarios for servers that need no tools, resources or prompts with prescribed names and answers, and no capability that is
 * optional. The conformance tests speak HTTP, so a proxy passes their messages to `thresher mcp`.
 */
const SCENARIOS = ['server-initialize', 'ping', 'tools-list', 'resources-list', 'prompts-list']

describe('the conformance tests of the Model Context Protocol', () => {
  let api: Api
  let cli: Awaited<ReturnType<typeof buildCli>>
  let proxy: Awaited<ReturnType<typeof mcpOverHttp>>
  before(async () => {
    api = await startApi()
    cli = await buildCli()
    const env = mcpEnvironment({ url: api.url })
    proxy = await mcpOverHttp({ command: process.execPath, args: [cli.program, 'mcp'], env })
  })
  after(async () => {
    await proxy.stop()
    await api.stop()
    await cli.remove()
  })

  for (const scenario of SCENARIOS)
    it(`pass: ${scenario}`, async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [
        ...['--import', FS_OF_NODE_22],
        'node_modules/@modelcontextprotocol/conformance/dist/index.js',
        ...['server', '--url', proxy.url, '--scenario', scenario, '--verbose'],
      ]).catch(({ stdout, stderr }) => assert.fail(`${stdout}\n${stderr}`))
      assert.match(stdout, /"status": "SUCCESS"/)
      assert.doesNotMatch(stdout, /"status": "(FAILURE|WARNING)"/)
    })
})
