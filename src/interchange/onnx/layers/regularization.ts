import type { REGULARIZATION_LAYERS } from '#network/layers/regularization.ts'
import { chain, type OnnxWriters } from './onnx-writer.ts'

export const REGULARIZATION_WRITERS: OnnxWriters<keyof typeof REGULARIZATION_LAYERS> = {
  dropout: chain(() => []),
}
