import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pythonWith } from '#scripts/python-with.ts'
import { endWithTests } from '#test/support/end-with-tests.ts'
import type { Json } from '#test/support/operations.ts'

const SCHEMATHESIS = 'schemathesis==4.32.5'
const FILES = ['schemathesis.toml', 'schemathesis_hooks.py']

/** What Schemathesis has found. */
export interface Findings {
  /** The requests that it has made. */
  cases: number
  /** Empty if every answer was as the contract says. */
  failures: string
}

/**
 * Sends requests that Schemathesis derives from the contract of a service, with all of its checks. The same service gets the same
 * requests each time. Answers that only `default` describes count as undocumented.
 * @param key absent: the service has none, and answers without one
 */
export async function runSchemathesis(
  url: string,
  key: string | undefined,
  options: readonly string[],
): Promise<Findings> {
  const folder = await mkdtemp(join(tmpdir(), 'thresher-schemathesis-'))
  try {
    for (const file of FILES) await cp(join('test/contract', file), join(folder, file))
    await writeFile(
      join(folder, 'contract.json'),
      JSON.stringify(await strictContract(url, key !== undefined)),
    )
    const python = await pythonWith([SCHEMATHESIS])
    const fixed = ['--generation-deterministic', '--continue-on-failure', '--request-timeout', '30']
    const credential = key === undefined ? [] : ['--header', `Authorization: Bearer ${key}`]
    const args = [
      '-m',
      'schemathesis.cli',
      'run',
      'contract.json',
      '--url',
      url,
      ...fixed,
      ...credential,
      ...options,
    ]
    const child = endWithTests(spawn(python, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] }))
    const ended = once(child, 'exit')
    const report = await text(child.stdout!)
    const [code] = await ended
    return {
      cases: casesOf(report),
      failures: code === 0 ? '' : report.slice(report.indexOf('= FAILURES') - 1),
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function strictContract(url: string, hasKeys: boolean): Promise<Json> {
  const contract = (await (await fetch(`${url}/openapi.json`)).json()) as Json
  for (const operations of Object.values<Json>(contract.paths))
    for (const operation of Object.values<Json>(operations)) {
      delete operation.responses.default
      if (!hasKeys) delete operation.security
    }
  if (!hasKeys) delete contract.security
  return contract
}

/** @throws Error if the report has no summary, because Schemathesis did not run to its end */
function casesOf(report: string): number {
  const cases = /([\d,]+) generated/.exec(report)?.[1]
  if (cases === undefined) throw new Error(report)
  return Number(cases.replaceAll(',', ''))
}
