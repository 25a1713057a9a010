import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { decodeSafetensors } from '#formats/safetensors.ts'
import { DatasetRequest } from '#ingest/dataset-request.ts'
import { ingest } from '#ingest/ingest.ts'
import { pythonWith } from '#scripts/python-with.ts'

/** The name of a file that the script wrote, or a file with its content. */
export type Given = string | { name: string; content: string | Uint8Array }

/** Runs a Python script that writes files to a folder, and ingests them. */
export async function startIntake(script: string, requirements: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'thresher-intake-'))
  const path = fileURLToPath(new URL(script, import.meta.url))
  await promisify(execFile)(await pythonWith(requirements), [path, folder])
  let count = 0

  async function takeIn(spec: object, given: readonly Given[]) {
    const workDir = join(folder, `workDir-${count++}`)
    await mkdir(workDir)
    const files = await Promise.all(
      given.map(async (file, index) => {
        if (typeof file === 'string') return { name: file, path: join(folder, file) }
        const path = join(workDir, `upload-${index}`)
        await writeFile(path, file.content)
        return { name: file.name, path }
      }),
    )
    const { path, facts } = await ingest(DatasetRequest.parse({ name: 'x', ...spec }), files, workDir)
    const bytes = await readFile(path)
    const tensors = new Map(decodeSafetensors(bytes).tensors.map(tensor => [tensor.name, tensor]))
    const numbers = (name: string) => [...(tensors.get(name)?.data ?? [])].map(Number)
    return { facts, tensors, numbers, notes: (facts.notes ?? []).join('\n'), digest: sha256(bytes) }
  }
  return { folder, takeIn, stop: () => rm(folder, { recursive: true, force: true }) }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
