/** A seeded random generator. Its state is four 32-bit words, which a checkpoint can hold. */
export interface Random {
  /** Uniform in [0, 1) with 32 random bits. */
  next(): number
  /** Uniform integer in [0, bound), without modulo bias. */
  below(bound: number): number
  /** Standard normal (Box and Muller 1958). */
  normal(): number
  state(): [number, number, number, number]
}

/**
 * A separate stream for each use (`init`, `shuffle`, `dropout`, ...), so that a new use never shifts the numbers of another.
 * @param stream the name of the use; further parts (epoch, index) select a stream without replaying earlier ones
 */
export function randomStream(seed: number, ...stream: readonly (string | number)[]): Random {
  return randomFrom(sfc32State(`${seed}/${stream.join('/')}`))
}

export function randomFrom(state: readonly [number, number, number, number]): Random {
  return new Sfc32(state)
}

/** sfc32 (Doty-Humphrey, PractRand): 128 bits of state, passes PractRand and BigCrush. */
class Sfc32 implements Random {
  #a: number
  #b: number
  #c: number
  #counter: number

  constructor([a, b, c, counter]: readonly [number, number, number, number]) {
    this.#a = a
    this.#b = b
    this.#c = c
    this.#counter = counter
  }

  #nextUint32(): number {
    const t = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0
    return t >>> 0
  }

  next(): number {
    return this.#nextUint32() / 2 ** 32
  }

  below(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound)
    let value = this.#nextUint32()
    while (value >= limit) value = this.#nextUint32()
    return value % bound
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next())
  }

  state(): [number, number, number, number] {
    return [this.#a, this.#b, this.#c, this.#counter]
  }
}

/** The numbers 0 to n - 1 in random order (Fisher and Yates). */
export function permutation(n: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, index) => index)
  for (let i = n - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const held = order[i]!
    order[i] = order[j]!
    order[j] = held
  }
  return order
}

/** Four well-mixed words from a text (xmur3 with MurmurHash3's constants), then warmed up as sfc32 requires. */
function sfc32State(text: string): [number, number, number, number] {
  let hash = 1779033703 ^ text.length
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 3432918353)
    hash = (hash << 13) | (hash >>> 19)
  }
  const word = () => {
    hash = Math.imul(hash ^ (hash >>> 16), 2246822507)
    hash = Math.imul(hash ^ (hash >>> 13), 3266489909)
    hash ^= hash >>> 16
    return hash | 0
  }
  const random = randomFrom([word(), word(), word(), 1])
  for (let i = 0; i < 12; i++) random.next()
  return random.state()
}
