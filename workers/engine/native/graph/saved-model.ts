import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import protobuf from 'protobufjs'
import { nativeBackend } from '#workers/engine/native/native-backend.ts'

/** The value of an attribute: the one field of the message AttrValue that is set. */
export type AttributeValue = Readonly<Record<string, unknown>>

/** A node of a graph. An input is `node`, `node:output` or, for a control dependency, `^node`. */
export interface Node {
  name: string
  op: string
  input: string[]
  attr: Record<string, AttributeValue>
}

/** The fields of TensorFlow's messages that are written here (tensorflow/core/protobuf, tensorflow/core/framework). */
const { root } = protobuf.parse(
  `
  syntax = "proto3";
  message SavedModel { int64 saved_model_schema_version = 1; repeated MetaGraphDef meta_graphs = 2; }
  message MetaGraphDef {
    message MetaInfoDef { repeated string tags = 4; }
    MetaInfoDef meta_info_def = 1;
    GraphDef graph_def = 2;
  }
  message GraphDef { repeated NodeDef node = 1; VersionDef versions = 4; }
  message VersionDef { int32 producer = 1; int32 min_consumer = 2; }
  message NodeDef { string name = 1; string op = 2; repeated string input = 3; map<string, AttrValue> attr = 5; }
  message AttrValue {
    message ListValue {
      repeated bytes s = 2;
      repeated int64 i = 3;
      repeated float f = 4;
      repeated bool b = 5;
      repeated int32 type = 6;
    }
    oneof value {
      ListValue list = 1;
      bytes s = 2;
      int64 i = 3;
      float f = 4;
      bool b = 5;
      int32 type = 6;
      TensorShapeProto shape = 7;
      TensorProto tensor = 8;
    }
  }
  message TensorShapeProto { message Dim { int64 size = 1; } repeated Dim dim = 2; }
  message TensorProto { int32 dtype = 1; TensorShapeProto tensor_shape = 2; bytes tensor_content = 4; }
  `,
  { keepCase: true },
)
const SavedModel = root.lookupType('SavedModel')

/** The oldest producer version whose graphs may contain every op used here, so that TensorFlow 2.12 and later load them. */
const VERSIONS = { producer: 1286, min_consumer: 12 }
const TAG = 'train'

/** Loads a graph through a temporary SavedModel. @returns a session of the binding, which `deleteSavedModel` ends */
export function loadGraph(nodes: readonly Node[]): number {
  const message = SavedModel.fromObject({
    saved_model_schema_version: 1,
    meta_graphs: [{ meta_info_def: { tags: [TAG] }, graph_def: { node: nodes, versions: VERSIONS } }],
  })
  const folder = mkdtempSync(join(tmpdir(), 'thresher-graph-'))
  try {
    writeFileSync(join(folder, 'saved_model.pb'), SavedModel.encode(message).finish())
    return nativeBackend().binding.loadSavedModel(folder, TAG)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
