import { ToggleGroup } from "radix-ui"

interface SegmentedProps<T extends string> {
  label: string
  value: T
  options: readonly { value: T; label: string }[]
  onChange: (value: T) => void
}

/** One of a few; a press on the chosen one changes nothing. */
export function Segmented<T extends string>({ label, value, options, onChange }: SegmentedProps<T>) {
  return (
    <ToggleGroup.Root
      className="segmented" type="single" aria-label={label} value={value}
      onValueChange={(next) => { if (next) onChange(next as T) }}
    >
      {options.map((option) => (
        <ToggleGroup.Item key={option.value} value={option.value}>{option.label}</ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  )
}
