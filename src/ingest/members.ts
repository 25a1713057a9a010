import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline, type Readable } from 'node:stream'
import { crc32, createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { type Entry, openPromise } from 'yauzl'
import { blameFile } from '#formats/blame-file.ts'
import { FormatError } from '#formats/format-error.ts'
import type { SourceFile } from './source-file.ts'

/** A file, or a file within an archive. Its content must be read or abandoned before the next member is requested. */
export interface Member {
  /** The path within the archive; never a path to write to. */
  name: string
  /** The name of the archive, if the file is in one. */
  archive?: string
  /** The name in errors: of the uploaded file, and of the member within it. */
  source: string
  content: AsyncIterable<Uint8Array>
}

/** The limit of the total decompressed size of an upload. */
const MOST_BYTES = 32 * 1024 ** 3
const MOST_MEMBERS = 3_000_000
const HEAD_BYTES = 262
/** The signatures of a zip with members, and of an empty one. */
const ZIP_SIGNATURES = ['PK\x03\x04', 'PK\x05\x06']
const ZIP_NAME = /\.(zip|npz|keras)$/i

/** The files of an upload; zips, tars and gzips are replaced by their members. @throws FormatError */
export async function* membersOf(files: readonly SourceFile[]): AsyncGenerator<Member, void, undefined> {
  const allowance = { bytes: MOST_BYTES, members: MOST_MEMBERS }
  for (const file of files) {
    for await (const found of unpack(file)) {
      const member = { ...found, name: found.name.replace(/^(\.?\/)+/, '') }
      if (isSystemFile(member.name)) continue
      if (--allowance.members < 0) throw new FormatError(`there are more than ${MOST_MEMBERS} files`)
      yield { ...member, content: countBytes(member.content, allowance, file.name) }
    }
  }
}

const SYSTEM_FILE = /^(__MACOSX|\..*|Thumbs\.db|desktop\.ini)$/i

/** Whether a file or one of its folders is one that operating systems add to folders and archives. */
export function isSystemFile(name: string): boolean {
  return name.split('/').some(part => SYSTEM_FILE.test(part))
}

async function* countBytes(content: AsyncIterable<Uint8Array>, allowance: { bytes: number }, name: string) {
  for await (const bytes of content) {
    allowance.bytes -= bytes.length
    if (allowance.bytes < 0)
      throw new FormatError(
        `${name} decompresses to more than ${MOST_BYTES} bytes; register a folder instead`,
      )
    yield bytes
  }
}

async function* unpack(file: SourceFile): AsyncGenerator<Member, void, undefined> {
  const head = await readHead(file.path)
  if (ZIP_SIGNATURES.includes(head.subarray(0, 4).toString('latin1'))) yield* zipMembers(file)
  else if (isTar(head)) yield* tarMembers(file, createReadStream(file.path))
  else if (head[0] === 0x1f && head[1] === 0x8b) yield* gzipMembers(file)
  else yield* plainFile(file, head)
}

async function* plainFile({ name, path }: SourceFile, head: Uint8Array) {
  if (ZIP_NAME.test(name))
    throw new FormatError(head.length === 0 ? `${name} is empty` : `${name} is not a zip archive`)
  const content = createReadStream(path)
  try {
    yield { name, source: name, content }
  } finally {
    content.destroy()
  }
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

function isTar(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(257, 262)).toString('latin1') === 'ustar'
}

async function* zipMembers({ name: archive, path }: SourceFile): AsyncGenerator<Member, void, undefined> {
  const zip = await openPromise(path).catch(error => {
    throw new FormatError(`${archive} is damaged or cut off: it is not a complete zip archive`, {
      cause: error,
    })
  })
  let opened: Readable | undefined
  const openEntry = async (entry: Entry) => {
    opened = await zip.openReadStreamPromise(entry)
    return opened
  }
  try {
    for await (const entry of zip.eachEntry()) {
      const { fileName: name } = entry
      if (name.endsWith('/')) continue
      const source = `${archive}: ${name}`
      yield { name, archive, source, content: renameErrors(contentOf(entry, openEntry, archive), source) }
    }
  } catch (error) {
    throw blameFile(error, `${archive} is damaged or cut off`)
  } finally {
    // A member that was only partly read would keep the file open.
    opened?.destroy()
    zip.close()
  }
}

/** Opens an entry only when it is read, so that listing names is cheap. The library checks sizes, but not checksums. */
async function* contentOf(
  entry: Entry,
  openEntry: (entry: Entry) => Promise<Readable>,
  archive: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  let checksum = 0
  for await (const bytes of await openEntry(entry)) {
    checksum = crc32(bytes, checksum)
    yield bytes
  }
  if (checksum !== entry.crc32)
    throw new FormatError(`${archive} is damaged: the checksum of ${entry.fileName} does not match`)
}

/** A gzip contains a tar, or one file. */
async function* gzipMembers({ name: archive, path }: SourceFile): AsyncGenerator<Member, void, undefined> {
  const name = archive.replace(/\.(gz|tgz)$/i, '')
  let head: Uint8Array = new Uint8Array(0)
  for await (const bytes of renameErrors(inflate(path), archive)) {
    head = Buffer.concat([head, bytes])
    if (head.length >= HEAD_BYTES) break
  }
  const content = inflate(path)
  try {
    if (isTar(head)) yield* tarMembers({ name: archive, path }, content)
    else yield { name, source: archive, content: renameErrors(content, archive) }
  } finally {
    content.destroy()
  }
}

/** Errors are thrown when the stream is read. */
function inflate(path: string) {
  return pipeline(createReadStream(path), createGunzip(), () => {})
}

async function* tarMembers(
  { name: archive }: SourceFile,
  bytes: NodeJS.ReadableStream,
): AsyncGenerator<Member, void, undefined> {
  const tar = extract()
  pipeline(bytes, tar, () => {})
  try {
    for await (const entry of tar) {
      const { name, type } = entry.header
      if (type === 'symlink' || type === 'link')
        throw new FormatError(`${archive}: ${name} is a link; replace it with the file itself`)
      const source = `${archive}: ${name}`
      const content = renameErrors(entry as AsyncIterable<Uint8Array>, source)
      if (type === 'file') yield { name, archive, source, content }
      entry.resume()
    }
  } catch (error) {
    throw blameFile(error, `${archive} is damaged or cut off`)
  }
}

async function* renameErrors(content: AsyncIterable<Uint8Array>, source: string) {
  try {
    yield* content
  } catch (error) {
    throw blameFile(error, `${source} is damaged or cut off`)
  }
}
