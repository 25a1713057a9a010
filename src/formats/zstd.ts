import { Zstd } from '@hpcc-js/wasm-zstd'

const LEVEL = 19

/** One zstd frame (RFC 8878). Not Node's zstd, whose version varies: this library's build produces the same bytes everywhere. */
export async function compressZstd(bytes: Uint8Array): Promise<Uint8Array> {
  const zstd = await Zstd.load()
  return zstd.compress(bytes, LEVEL)
}
