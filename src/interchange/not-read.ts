import { FormatError } from '#formats/format-error.ts'

const KERAS = "load it in Keras and save it again: model.save('NAME.keras')"
const TORCH = 'save its state_dict with safetensors.torch.save_file'

/** Error messages for formats that are not supported, by the ending of the file name. */
const REMEDIES: readonly [end: RegExp, remedy: string][] = [
  [
    /\.pb$|^variables\.(index|data-.*)$/,
    `belongs to a TensorFlow SavedModel, which is not supported: ${KERAS}`,
  ],
  [
    /\.(zip|tar|tgz|gz)$/,
    `is an archive, which is not supported; if it contains a TensorFlow SavedModel, ${KERAS}`,
  ],
  [/\.(index|data-\d+-of-\d+)$/, `belongs to a TensorFlow checkpoint, which is not supported: ${KERAS}`],
  [
    /\.tflite$/,
    `is a TensorFlow Lite model, which is not supported: upload the model from which it was converted`,
  ],
  [/\.onnx$/, 'is an ONNX model, which is not supported: upload the model from which it was exported'],
  [/\.(pt|pth|ckpt)$/, `is a PyTorch pickle, which is never opened: ${TORCH}`],
  [/\.(npz|npy|pkl|pickle)$/, `is not a model file: ${TORCH}, or ${KERAS}`],
  [/\.bin$/, 'must be uploaded together with the model.json that names it'],
]
const READ = '.safetensors, .keras, .weights.h5, .h5, or model.json with its .bin files'

/** The error for a file whose name shows that it is not supported. */
export function notRead(name: string): FormatError {
  const [, remedy] = REMEDIES.find(([end]) => end.test(name)) ?? []
  return new FormatError(`${name} ${remedy ?? `is none of: ${READ}`}`)
}
