import type { Random } from '#network/random.ts'

/** Augments one image [height, width, channels] of bytes. The source and the target must be different memory. */
export type ImageTransform = (source: Uint8Array, target: Uint8Array, random: Random) => void
