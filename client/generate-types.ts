import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@hey-api/openapi-ts'

/** TypeScript types of every schema and operation of an OpenAPI document. */
export async function generateTypes(document: object): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'thresher-types-'))
  try {
    // The generator must not change the document of its caller.
    const input = structuredClone(document)
    const plugins = ['@hey-api/typescript' as const]
    await createClient({ input, output: { path, postProcess: [] }, plugins, logs: { level: 'silent' } })
    return await readFile(join(path, 'types.gen.ts'), 'utf8')
  } finally {
    await rm(path, { recursive: true })
  }
}
