import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { Thresher } from '@thresher/client'
import { connectMcp, mcpProgram } from '#test/support/connect-mcp.ts'
import { endWithTests } from '#test/support/end-with-tests.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

describe('thresher mcp as a program', () => {
  let api: Api
  let client: Client
  before(async () => {
    api = await startApi()
    client = await connectMcp({ url: api.url })
  })
  after(async () => {
    await client.close()
    await api.stop()
  })

  it('has a prompt for a whole training', async () => {
    const { prompts } = await client.listPrompts()
    assert.deepEqual(
      prompts.map(({ name }) => name),
      ['train_sparse_model'],
    )
    const { messages } = await client.getPrompt({
      name: 'train_sparse_model',
      arguments: { sparsity: '0.98', dataset: 'mnist' },
    })
    assert.match(
      (messages[0]!.content as { text: string }).text,
      /98 % of its weights.*\n.*\n.*"sparsity": 0.98/,
    )
    await assert.rejects(
      client.getPrompt({ name: 'train_sparse_model', arguments: { sparsity: '95' } }),
      /between 0 and 1/,
    )
  })

  it('writes messages of the protocol to standard output, nothing else, and ends with its input', async () => {
    const { command, args = [], env } = mcpProgram({ url: api.url })
    const child = endWithTests(spawn(command, args, { env }))
    const output: Buffer[] = []
    child.stdout.on('data', chunk => output.push(chunk))
    const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
    const params = {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'a', version: '1' },
    }
    send({ id: 1, method: 'initialize', params })
    send({ method: 'notifications/initialized' })
    send({ id: 2, method: 'tools/call', params: { name: 'get_job', arguments: { jobId: 'job_none' } } })
    // A call that waits does not keep the process alive.
    const { id: jobId } = await new Thresher({ url: api.url }).jobs.create({ model: { preset: 'mnist-mlp' } })
    send({ id: 3, method: 'tools/call', params: { name: 'watch', arguments: { jobId, seconds: 600 } } })
    while (Buffer.concat(output).toString().split('\n').length < 3) await once(child.stdout, 'data')
    child.stdin.end()
    child.ref()
    const [code] = await once(child, 'exit')
    assert.equal(code, 0)
    const lines = Buffer.concat(output)
      .toString()
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    assert.deepEqual(
      lines.map(({ jsonrpc, id }) => [jsonrpc, id]),
      [
        ['2.0', 1],
        ['2.0', 2],
      ],
    )
    assert.equal(lines[1].result.structuredContent.error.code, 'not_found')
  })
})
