import { mkdir, realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { ToolError } from './tool-error.ts'

/**
 * The path of a file in a folder, whose own folder is created.
 * @param file relative to the folder, or absolute inside it
 * @throws ToolError for a path that leads out of the folder, also by a symbolic link
 */
export async function pathWithin(folder: string, file: string): Promise<string> {
  if (/\p{Cc}/u.test(file))
    throw new ToolError('file: must be a path without control characters, such as digits/model.onnx.')
  const root = await realpath(folder)
  const path = resolve(root, file)
  if (!isInside(root, path)) throw outside(file, root)
  // The nearest folder that exists decides where missing ones are created.
  const parent = await realFolder(dirname(path))
  if (parent !== root && !isInside(root, parent)) throw outside(file, root)
  await mkdir(dirname(path), { recursive: true })
  const real = await realpath(path).catch(() => join(parent, basename(path)))
  if (!isInside(root, real)) throw outside(file, root)
  return path
}

async function realFolder(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return join(await realFolder(dirname(path)), basename(path))
  }
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path)
  return way !== '' && !isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`)
}

function outside(file: string, root: string): ToolError {
  return new ToolError(
    `file: "${file}" does not name a file inside ${root}, the folder that the user has chosen for downloads.`,
  )
}
