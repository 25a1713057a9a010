import { FormatError } from '#formats/format-error.ts'

const KERAS = "load it in Keras and save it anew: model.save('NAME.keras')"
const TORCH = 'save its state_dict with safetensors.torch.save_file'

/** Remedies for formats that are not read, by the end of a file's name. */
const REMEDIES: readonly [end: RegExp, remedy: string][] = [
  [/\.pb$|^variables\.(index|data-.*)$/, `is of a TensorFlow SavedModel, which is not read: ${KERAS}`],
  [/\.(zip|tar|tgz|gz)$/, `is an archive, which is not read; of a TensorFlow SavedModel, ${KERAS}`],
  [/\.(index|data-\d+-of-\d+)$/, `is of a TensorFlow checkpoint, which is not read: ${KERAS}`],
  [/\.tflite$/, `is a TensorFlow Lite model, which is not read: upload the model that it was made from`],
  [/\.onnx$/, 'is an ONNX model, which is not read: upload the model that it was exported from'],
  [/\.(pt|pth|ckpt)$/, `is a pickle of PyTorch, which is never opened: ${TORCH}`],
  [/\.(npz|npy|pkl|pickle)$/, `is no model file: ${TORCH}, or ${KERAS}`],
  [/\.bin$/, 'is read together with the model.json that names it'],
]
const READ = '.safetensors, .keras, .weights.h5, .h5, or model.json with its .bin files'

/** Refuses a file by its name. */
export function notRead(name: string): FormatError {
  const [, remedy] = REMEDIES.find(([end]) => end.test(name)) ?? []
  return new FormatError(`${name} ${remedy ?? `is none of: ${READ}`}`)
}
