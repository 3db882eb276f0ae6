import { stringify } from "yaml"
import type { Problem as ProblemData } from "../../client/types"
import { useDraft } from "../draft"
import { reading, type Reading } from "../setup/yaml"
import YamlField from "../setup/YamlField"

interface BaseSettingsProps {
  given: object | undefined
  value: Reading
  fault: ProblemData | undefined
  onChange: (value: Reading) => void
}

/** The settings that an experiment's sessions start with, as YAML; none is allowed. */
export default function BaseSettings({ given = {}, value, fault, onChange }: BaseSettingsProps) {
  const [draft] = useDraft()
  const isUntouched = value.text === "" && value.error === undefined
  const shown = isUntouched && Object.keys(given).length > 0 && value.value === given ? { ...value, text: stringify(given) } : value
  return (
    <div className="base-settings">
      <YamlField id="base" label="Settings that its sessions start with (you can leave this empty)" value={shown} fault={fault} rows={10} onChange={onChange} />
      {draft.request.prompt.trim() !== "" && (
        <button type="button" className="button quiet" onClick={() => { onChange(reading(stringify(draft))) }}>Take those of the setup page: “{draft.request.prompt}”</button>
      )}
    </div>
  )
}
