import { ModelError } from '../model-error.ts'
import { type Opcode, opcodeNumber } from './opcodes.ts'
import type { Planes } from './planes.ts'

/** An address among the buffers of the plan, which are placed when their size is known. */
export interface BufferAddress {
  buffer: number
}

/** A float. */
export interface Real {
  real: number
}

/** A whole number (a count, or the address of a constant), a float, an address among the buffers, or planes. */
export type Operand = number | Real | BufferAddress | Planes

export const real = (value: number): Real => ({ real: value })
export const buffer = (address: number): BufferAddress => ({ buffer: address })

/** Instructions, and where they have addresses among the buffers, relative to the first of their words. */
export interface Section {
  words: readonly number[]
  relocations: readonly number[]
}

/** A recurrent layer takes about 70 words for each step of its sequence. */
const MOST_WORDS = 2 ** 24

const bits = new DataView(new ArrayBuffer(4))

/**
 * Writes a program for `kernels/interpreter.h`: words [opcode, number of words, operands ...] for each instruction.
 * Its methods throw a ModelError for too long a program.
 */
export class ProgramWriter {
  readonly #words: number[] = []
  /** The words that are addresses among the buffers. */
  readonly #relocations: number[] = []

  instruction(opcode: Opcode, ...operands: readonly Operand[]): void {
    const start = this.#words.length
    this.#words.push(opcodeNumber(opcode), 0)
    for (const operand of operands) this.#operand(operand)
    this.#words[start + 1] = this.#words.length - start
    this.#checkLength()
  }

  /** The number of words so far. */
  get length(): number {
    return this.#words.length
  }

  /** The instructions from a length of the program on. */
  since(begin: number): Section {
    const relocations = this.#relocations.filter(index => index >= begin).map(index => index - begin)
    return { words: this.#words.slice(begin), relocations }
  }

  /** Writes instructions once more. */
  repeat({ words, relocations }: Section): void {
    const begin = this.#words.length
    this.#words.push(...words)
    for (const index of relocations) this.#relocations.push(begin + index)
    this.#checkLength()
  }

  /** The words of the program, with the buffers at this address. */
  finish(buffers: number): Uint32Array {
    const words = Uint32Array.from([...this.#words, opcodeNumber('end')])
    for (const index of this.#relocations) words[index]! += buffers
    return words
  }

  #checkLength(): void {
    if (this.#words.length > MOST_WORDS)
      throw new ModelError(
        'the sequences of recurrent layers have too many steps, or the network has too many layers',
      )
  }

  #operand(operand: Operand): void {
    if (typeof operand === 'number') return void this.#words.push(operand)
    if ('real' in operand) {
      bits.setFloat32(0, operand.real)
      return void this.#words.push(bits.getUint32(0))
    }
    this.#relocations.push(this.#words.length)
    if ('buffer' in operand) return void this.#words.push(operand.buffer)
    const { at, channels, images, height, width, rowPitch, imagePitch, channelPitch } = operand
    this.#words.push(at, channels, images, height, width, rowPitch, imagePitch, channelPitch)
  }
}
