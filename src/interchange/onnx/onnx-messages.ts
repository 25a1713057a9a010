import protobuf from 'protobufjs'

/** The fields of ONNX's messages that are written (onnx/onnx.proto). */
const { root } = protobuf.parse(
  `
  syntax = "proto3";
  message ModelProto {
    int64 ir_version = 1;
    string producer_name = 2;
    GraphProto graph = 7;
    repeated OperatorSetIdProto opset_import = 8;
    repeated StringStringEntryProto metadata_props = 14;
  }
  message OperatorSetIdProto { string domain = 1; int64 version = 2; }
  message StringStringEntryProto { string key = 1; string value = 2; }
  message GraphProto {
    repeated NodeProto node = 1;
    string name = 2;
    repeated TensorProto initializer = 5;
    repeated ValueInfoProto input = 11;
    repeated ValueInfoProto output = 12;
  }
  message NodeProto {
    repeated string input = 1;
    repeated string output = 2;
    string name = 3;
    string op_type = 4;
    repeated AttributeProto attribute = 5;
  }
  message AttributeProto {
    string name = 1;
    float f = 2;
    int64 i = 3;
    bytes s = 4;
    repeated int64 ints = 8;
    int32 type = 20;
  }
  message TensorProto { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
  message ValueInfoProto { string name = 1; TypeProto type = 2; }
  message TypeProto {
    message Tensor { int32 elem_type = 1; TensorShapeProto shape = 2; }
    oneof value { Tensor tensor_type = 1; }
  }
  message TensorShapeProto {
    message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } }
    repeated Dimension dim = 1;
  }`,
  { keepCase: true },
)
const ModelProto = root.lookupType('ModelProto')

export interface OnnxTensor {
  name: string
  dims: readonly number[]
  data: Float32Array | Uint8Array | BigInt64Array
}

export interface OnnxNode {
  op: string
  input: readonly string[]
  output: string
  /** Index among the operator's outputs, by default 0. */
  outputIndex?: number
  attributes?: Readonly<Record<string, number | string | readonly number[] | { float: number }>>
}

export interface OnnxGraph {
  nodes: readonly OnnxNode[]
  initializers: readonly OnnxTensor[]
  /** Shapes are without the batch axis. */
  input: { name: string; shape: readonly number[] }
  output: { name: string; shape: readonly number[] }
}

/** TensorProto.DataType */
const DATA_TYPES = { Float32Array: 1, Uint8Array: 2, BigInt64Array: 7 } as const
const FLOAT = DATA_TYPES.Float32Array
export const INT64 = DATA_TYPES.BigInt64Array
/** AttributeProto.AttributeType */
const ATTRIBUTE_TYPES = { f: 1, i: 2, s: 3, ints: 7 } as const
const IR_VERSION = 8
const OPSET_VERSION = 17

/** @param metadata becomes `metadata_props` */
export function encodeOnnxModel(graph: OnnxGraph, metadata: Readonly<Record<string, string>>): Uint8Array {
  return ModelProto.encode(
    ModelProto.create({
      ir_version: IR_VERSION,
      producer_name: 'thresher',
      opset_import: [{ domain: '', version: OPSET_VERSION }],
      metadata_props: Object.entries(metadata).map(([key, value]) => ({ key, value })),
      graph: {
        name: 'model',
        node: graph.nodes.map(nodeMessage),
        initializer: graph.initializers.map(tensorMessage),
        input: [valueMessage(graph.input)],
        output: [valueMessage(graph.output)],
      },
    }),
  ).finish()
}

function nodeMessage({ op, input, output, outputIndex = 0, attributes = {} }: OnnxNode) {
  return {
    name: output,
    op_type: op,
    input,
    // An unused output has an empty name.
    output: [...Array(outputIndex).fill(''), output],
    attribute: Object.entries(attributes).map(([name, value]) => ({ name, ...attributeValue(value) })),
  }
}

function attributeValue(value: NonNullable<OnnxNode['attributes']>[string]) {
  if (typeof value === 'number') return { i: value, type: ATTRIBUTE_TYPES.i }
  if (typeof value === 'string') return { s: new TextEncoder().encode(value), type: ATTRIBUTE_TYPES.s }
  if ('float' in value) return { f: value.float, type: ATTRIBUTE_TYPES.f }
  return { ints: value, type: ATTRIBUTE_TYPES.ints }
}

function tensorMessage({ name, dims, data }: OnnxTensor) {
  const data_type = DATA_TYPES[data.constructor.name as keyof typeof DATA_TYPES]
  return { name, dims, data_type, raw_data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }
}

function valueMessage({ name, shape }: OnnxGraph['input']) {
  const dim = [{ dim_param: 'batch' }, ...shape.map(length => ({ dim_value: length }))]
  return { name, type: { tensor_type: { elem_type: FLOAT, shape: { dim } } } }
}
