import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { zipFiles } from '#formats/zip.ts'

/** What `runtime/build.mjs` writes, or its copy in the compiled service. */
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
  const library = packageFiles()
  return zipFiles({
    'index.html': new TextEncoder().encode(text),
    'model.sparse.safetensors': file,
    ...Object.fromEntries(library.map(([name, bytes]) => [`runtime/${name}`, bytes])),
  })
}

/** The files of the package in alphabetical order, without the native module, which is for this machine only. */
function packageFiles(): [string, Uint8Array][] {
  const root = join(BUILT, 'package')
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(name => !name.startsWith('build') && statSync(join(root, name)).isFile())
    .sort()
    .map(name => [name, readFileSync(join(root, name))])
}
