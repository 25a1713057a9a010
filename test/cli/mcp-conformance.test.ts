import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { mcpProgram } from '#test/support/connect-mcp.ts'
import { FS_OF_NODE_22 } from '#test/support/fs-of-node-22.ts'
import { mcpOverHttp } from '#test/support/mcp-over-http.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const CONFORMANCE = fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/dist/index.js'))

/**
 * The scenarios for servers that need no tools, resources or prompts with prescribed names and answers, and no capability that is
 * optional. The conformance tests speak HTTP, so a proxy passes their messages to `thresher mcp`.
 */
const SCENARIOS = ['server-initialize', 'ping', 'tools-list', 'resources-list', 'prompts-list']

describe('the conformance tests of the Model Context Protocol', () => {
  let api: Api
  let proxy: Awaited<ReturnType<typeof mcpOverHttp>>
  before(async () => {
    api = await startApi()
    proxy = await mcpOverHttp(mcpProgram({ url: api.url }))
  })
  after(async () => {
    await proxy.stop()
    await api.stop()
  })

  for (const scenario of SCENARIOS)
    it(`pass: ${scenario}`, async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [
        ...['--import', FS_OF_NODE_22],
        CONFORMANCE,
        ...['server', '--url', proxy.url, '--scenario', scenario, '--verbose'],
      ]).catch(({ stdout, stderr }) => assert.fail(`${stdout}\n${stderr}`))
      assert.match(stdout, /"status": "SUCCESS"/)
      assert.doesNotMatch(stdout, /"status": "(FAILURE|WARNING)"/)
    })
})
