import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type UserConfig } from '@hey-api/openapi-ts'

type Plugins = NonNullable<UserConfig['plugins']>

const TYPES = '@hey-api/typescript'

/** TypeScript types of every schema and operation of an OpenAPI document. */
export async function generateTypes(document: object): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'thresher-types-'))
  try {
    // The generator must not change the document of its caller.
    await generate(structuredClone(document), path, [TYPES])
    return await readFile(join(path, 'types.gen.ts'), 'utf8')
  } finally {
    await rm(path, { recursive: true })
  }
}

/** A whole client of the document in a file, as anyone may generate it. @param path of the folder to write */
export async function generateClient(document: string, path: string): Promise<void> {
  await generate(document, path, [TYPES, '@hey-api/sdk', '@hey-api/client-fetch'])
}

async function generate(input: object | string, path: string, plugins: Plugins): Promise<void> {
  await createClient({ input, output: { path, postProcess: [] }, plugins, logs: { level: 'silent' } })
}
