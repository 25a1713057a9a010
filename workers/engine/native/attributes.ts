/** An attribute of a TensorFlow op, in the form that the binding accepts. */
export interface Attribute {
  name: string
  /** A `TF_AttrType`. */
  type: number
  value: unknown
}

/** `TF_AttrType` of TensorFlow's C API (tensorflow/c/tf_attrtype.h). The binding exports only some of them. */
export const ATTRIBUTE_TYPES = { string: 0, int: 1, float: 2, bool: 3, type: 4, shape: 5 } as const

/** `TF_DataType` of TensorFlow's C API (tensorflow/c/tf_datatype.h). */
export const DATA_TYPES = { float32: 1, int32: 3, uint8: 4 } as const

/** A tensor type, such as `T` of most ops. @param dtype a `TF_DataType` */
export function typeAttribute(name: string, dtype: number): Attribute {
  return { name, type: ATTRIBUTE_TYPES.type, value: dtype }
}

export function intAttribute(name: string, value: number): Attribute {
  return { name, type: ATTRIBUTE_TYPES.int, value }
}

export function floatAttribute(name: string, value: number): Attribute {
  return { name, type: ATTRIBUTE_TYPES.float, value }
}

export function boolAttribute(name: string, value: boolean): Attribute {
  return { name, type: ATTRIBUTE_TYPES.bool, value }
}

/** The type of ops whose inputs and outputs are all float32. */
export const FLOAT32 = typeAttribute('T', DATA_TYPES.float32)

/** The boolean attribute of own ops that can write their first output over their first input. */
export const IN_PLACE = 'in_place'
