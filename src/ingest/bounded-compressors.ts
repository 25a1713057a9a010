import type { Compressors } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

/** Writers create pages of about one megabyte, or some tens of megabytes for large images. */
const MOST_PAGE_BYTES = 256 * 1024 ** 2

/** Decompressors that refuse a page whose header declares too large a size, before any memory is allocated for it. */
export const boundedCompressors: Compressors = Object.fromEntries(
  Object.entries(compressors).map(([codec, decompress]) => [
    codec,
    (input: Uint8Array, outputLength: number) => {
      if (outputLength > MOST_PAGE_BYTES)
        throw new Error(`a page declares ${outputLength} bytes; the limit is ${MOST_PAGE_BYTES}`)
      return decompress(input, outputLength)
    },
  ]),
)
