import type { ComponentChildren } from 'preact'

interface ButtonProps {
  children: ComponentChildren
  onClick?: () => void
  /** `primary`: the main action of the view; `danger`: cannot be undone; `quiet`: without a border. */
  kind?: 'plain' | 'primary' | 'danger' | 'quiet'
  type?: 'button' | 'submit'
  disabled?: boolean
  /** Of a button that switches something on or off. */
  pressed?: boolean
  /** The name for readers of a button that shows only a symbol. */
  label?: string
}

export function Button(props: ButtonProps) {
  const { children, onClick, kind = 'plain', type = 'button', disabled = false, pressed, label } = props
  return (
    <button
      type={type}
      class={`button ${kind}`}
      disabled={disabled}
      onClick={onClick}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
    >
      {children}
    </button>
  )
}
