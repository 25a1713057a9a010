import { pythonWith } from '#scripts/python-with.ts'

/**
 * A Python that has the programs that exports are made for, except PyTorch, which needs gigabytes, and the programs that check the Python
 * client and run notebooks.
 */
export function pythonWithReaders(): Promise<string> {
  // JAX compiles every operation before it runs it once: half the time of such a script is optimization, which gains nothing here.
  process.env.JAX_DISABLE_MOST_OPTIMIZATIONS = '1'
  return pythonWith([
    'h5py==3.16.0',
    'ipykernel==7.4.0',
    'jax==0.10.2',
    'keras==3.15.1',
    'matplotlib==3.11.2',
    'mypy==1.19.1',
    'nbclient==0.11.0',
    'numpy==2.4.6',
    'onnx==1.23.2',
    'onnxruntime==1.32.0',
    'safetensors==0.8.0',
    'scipy==1.17.1',
    'zstandard==0.25.0',
  ])
}
