export interface ImageSize {
  height: number
  width: number
}

export interface Pixels extends ImageSize {
  /** [height, width, channels] bytes. */
  data: Uint8Array
}
