import type { Kernel } from '#workers/engine/register-kernel.ts'
import type { NativeBackend } from './native-backend.ts'

/** A kernel that TensorFlow's C++ library computes. */
export type NativeKernel<Inputs, Attributes> = Kernel<Inputs, Attributes, NativeBackend>
