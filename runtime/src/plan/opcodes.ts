/** The instructions of `kernels/interpreter.h`, in its order. */
const OPCODES = [
  'end',
  'readExamples',
  'writeExamples',
  'sparseProduct',
  'denseProduct',
  'sparseVectorProduct',
  'denseVectorProduct',
  'split',
  'reshape',
  'copy',
  'maxPooling',
  'averagePooling',
  'globalMaxPooling',
  'globalAveragePooling',
  'activate',
  'softmax',
  'combine',
  'affine',
  'upsample',
  'reverse',
  'embed',
  'normalizeChannels',
  'lstm',
  'gru',
  'simpleRnn',
  'perform',
] as const

export type Opcode = (typeof OPCODES)[number]

export const opcodeNumber = (opcode: Opcode) => OPCODES.indexOf(opcode)
