import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { zipFiles } from '#formats/zip.ts'

/** What `runtime/build.mjs` writes, or its copy in the folder that `scripts/build.mjs` writes. */
const BUILT = fileURLToPath(new URL('../../../runtime/dist/', import.meta.url))
const MODEL_MARK = '<!-- model -->'

/**
 * A zip of a model file, the runtime, and a page that runs the model. The page contains both, because a browser lets a page of a folder load
 * no other files.
 * @param file `model.sparse.safetensors`
 */
export function encodeRuntimeZip(file: Uint8Array): Uint8Array {
  const page = readFileSync(join(BUILT, 'page.html'), 'utf8')
  const text = page.replace(MODEL_MARK, Buffer.from(file).toString('base64'))
  const library = filesUnder(join(BUILT, 'package'))
  return zipFiles({
    'index.html': new TextEncoder().encode(text),
    'model.sparse.safetensors': file,
    ...Object.fromEntries(library.map(([name, bytes]) => [`runtime/${name}`, bytes])),
  })
}

/** Every file of a folder with its path there, in alphabetical order. */
function filesUnder(folder: string): [string, Uint8Array][] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
    .map(path => [path.slice(folder.length + 1), readFileSync(path)])
}
