import { decompress } from 'fzstd'
import { ModelError } from '../model-error.ts'

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd]
/** A block takes at least 4 bytes and gives at most 128 KiB (RFC 8878, section 3.1.1.2). */
const MAX_RATIO = 2 ** 17 / 4
const MAX_CONTENT_BYTES = 2 ** 31 - 1

export function isZstd(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, index) => bytes[index] === byte)
}

/** The content of one zstd frame (RFC 8878) that states its size. @throws ModelError */
export function decompressZstd(frame: Uint8Array): Uint8Array {
  const size = contentBytes(frame)
  if (size > Math.min(frame.length * MAX_RATIO, MAX_CONTENT_BYTES))
    throw new ModelError(
      `the zstd frame states ${size} bytes of content, which ${frame.length} bytes cannot hold`,
    )
  try {
    return decompress(frame, new Uint8Array(size))
  } catch (error) {
    throw new ModelError(`the zstd frame is damaged or truncated: ${(error as Error).message}`)
  }
}

/** The size of the content, of the frame header (RFC 8878, section 3.1.1.1). */
function contentBytes(frame: Uint8Array): number {
  if (frame.length < 18) throw new ModelError(`the zstd frame is truncated: it has ${frame.length} bytes`)
  const descriptor = frame[4]!
  const isSingleSegment = (descriptor & 0x20) !== 0
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!
  const offset = 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes
  const view = new DataView(frame.buffer, frame.byteOffset)
  switch (descriptor >> 6) {
    case 3:
      return Number(view.getBigUint64(offset, true))
    case 2:
      return view.getUint32(offset, true)
    case 1:
      return view.getUint16(offset, true) + 256
  }
  if (isSingleSegment) return frame[offset]!
  throw new ModelError('the zstd frame must state the size of its content')
}
