import type { Field } from './form-model.ts'
import type { Path } from './path.ts'

export interface FieldProps<F extends Field = Field> {
  path: Path
  field: F
  /** Whether the service refuses the object around it without this field. */
  required?: boolean
  /** Of an object: whether its fields are visible at once. */
  unfolded?: boolean
}
