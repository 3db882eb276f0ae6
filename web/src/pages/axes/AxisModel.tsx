import { useKept } from "../../ui/storage"
import { useLanguageModels } from "../text/useTalk"

const DEFAULT_MODEL = "smollm2"

/** The model that the Text room speaks with. */
export const useModel = () => useKept(localStorage, "text.model", DEFAULT_MODEL)

/** Of which model what is shown was measured; another one has vectors of its own. */
export function AxisModel({ model, onModel }: { model: string; onModel: (ref: string) => void }) {
  const models = useLanguageModels()
  const refs = [...new Set([...(models.data?.map(({ ref }) => ref) ?? []), model])]
  if (refs.length === 1) return <span className="small muted" title="What is shown was measured with this model">with {model}</span>
  return (
    <label className="row small">
      <span className="soft">with</span>
      <select className="input lx-model" aria-label="Model" value={model} onChange={({ target }) => { onModel(target.value) }}>
        {refs.map((ref) => <option key={ref}>{ref}</option>)}
      </select>
    </label>
  )
}
