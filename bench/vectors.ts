import { nativeInstructionSets } from '#runtime/src/engine/native-host.ts'

const NAMES: Record<string, string> = { avx512: 'AVX-512', avx2: 'AVX2', sse2: 'SSE2', neon: 'NEON' }

/** The widest vectors of this processor. Results with others are other results, so titles name them. */
export const VECTORS = NAMES[nativeInstructionSets()[0]!]!
