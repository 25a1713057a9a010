import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { FormatError } from '#formats/format-error.ts'
import type { SourceFile } from './source-file.ts'

/** A file, or one within an archive. Its content has to be read, or left, before the next member is asked for. */
export interface Member {
  /** Within the archive; never a place to write to. */
  name: string
  /** What the archive is called, if it is in one. */
  archive?: string
  /** For errors: the upload's file, and the name within it. */
  source: string
  content: AsyncIterable<Uint8Array>
}

/** All that an upload may inflate to. */
const MOST_BYTES = 32 * 1024 ** 3
const MOST_MEMBERS = 3_000_000
const HEAD_BYTES = 262

/** The files of an upload, and in the place of zips, tars and gzips what is in them. @throws FormatError */
export async function* membersOf(files: readonly SourceFile[]): AsyncGenerator<Member, void, undefined> {
  const allowance = { bytes: MOST_BYTES, members: MOST_MEMBERS }
  for (const file of files) {
    for await (const found of unpack(file)) {
      const member = { ...found, name: found.name.replace(/^(\.?\/)+/, '') }
      if (isLitter(member.name)) continue
      if (--allowance.members < 0) throw new FormatError(`there are more than ${MOST_MEMBERS} files`)
      yield { ...member, content: countBytes(member.content, allowance, file.name) }
    }
  }
}

const LITTER = /^(__MACOSX|\..*|Thumbs\.db|desktop\.ini)$/i

/** What operating systems leave in folders and archives. */
export function isLitter(name: string): boolean {
  return name.split('/').some(part => LITTER.test(part))
}

async function* countBytes(content: AsyncIterable<Uint8Array>, allowance: { bytes: number }, name: string) {
  for await (const bytes of content) {
    allowance.bytes -= bytes.length
    if (allowance.bytes < 0)
      throw new FormatError(`${name} inflates to more than ${MOST_BYTES} bytes; register a folder instead`)
    yield bytes
  }
}

async function* unpack(file: SourceFile): AsyncGenerator<Member, void, undefined> {
  const head = await readHead(file.path)
  if (head.subarray(0, 4).toString('latin1') === 'PK\x03\x04') yield* zipMembers(file)
  else if (isTar(head)) yield* tarMembers(file, createReadStream(file.path))
  else if (head[0] === 0x1f && head[1] === 0x8b) yield* gzipMembers(file)
  else yield { name: file.name, source: file.name, content: createReadStream(file.path) }
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
    throw new FormatError(`${archive} is no whole zip: ${error.message}`)
  })
  try {
    for await (const entry of zip.eachEntry()) {
      const { fileName: name } = entry
      if (name.endsWith('/')) continue
      const source = `${archive}: ${name}`
      yield { name, archive, source, content: renameErrors(contentOf(zip, entry), source) }
    }
  } catch (error) {
    throw error instanceof FormatError ? error : new FormatError(`${archive}: ${(error as Error).message}`)
  } finally {
    zip.close()
  }
}

/** Opened only when it is read, so that listing names is cheap. */
async function* contentOf(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  yield* await zip.openReadStreamPromise(entry)
}

/** A gzip holds a tar, or one file. */
async function* gzipMembers({ name: archive, path }: SourceFile): AsyncGenerator<Member, void, undefined> {
  const name = archive.replace(/\.(gz|tgz)$/i, '')
  let head: Uint8Array = new Uint8Array(0)
  for await (const bytes of renameErrors(inflate(path), archive)) {
    head = Buffer.concat([head, bytes])
    if (head.length >= HEAD_BYTES) break
  }
  const content = inflate(path)
  if (isTar(head)) yield* tarMembers({ name: archive, path }, content)
  else yield { name, source: archive, content: renameErrors(content, archive) }
}

/** Its errors come from reading it. */
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
        throw new FormatError(`${archive}: ${name} is a link; put the file itself there`)
      const source = `${archive}: ${name}`
      const content = renameErrors(entry as AsyncIterable<Uint8Array>, source)
      if (type === 'file') yield { name, archive, source, content }
      entry.resume()
    }
  } catch (error) {
    throw error instanceof FormatError ? error : new FormatError(`${archive}: ${(error as Error).message}`)
  }
}

async function* renameErrors(content: AsyncIterable<Uint8Array>, source: string) {
  try {
    yield* content
  } catch (error) {
    throw new FormatError(`${source} is damaged: ${(error as Error).message}`)
  }
}
