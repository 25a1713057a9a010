import type { Compressors } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

/** Writers make pages of about a megabyte; those of large images have some tens. */
const MOST_PAGE_BYTES = 256 * 1024 ** 2

/** Decompressors that refuse a page by the size that its header claims, before any memory is taken for it. */
export const boundedCompressors: Compressors = Object.fromEntries(
  Object.entries(compressors).map(([codec, decompress]) => [
    codec,
    (input: Uint8Array, outputLength: number) => {
      if (outputLength > MOST_PAGE_BYTES)
        throw new Error(`a page claims ${outputLength} bytes; ${MOST_PAGE_BYTES} is the most`)
      return decompress(input, outputLength)
    },
  ]),
)
