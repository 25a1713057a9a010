import { openAsBlob } from 'node:fs'
import { basename } from 'node:path'
import type { Uploadable } from '../upload.ts'

/** A file for an upload, whose content is read while it is sent. @throws the error of the file system */
export async function openFile(path: string, name = basename(path)): Promise<Uploadable> {
  return { name, content: await openAsBlob(path) }
}
